import type { Fact } from "../../schema/fact.ts";
import type { Undecided } from "../../schema/verdict.ts";
import type { DuckDbInput } from "../engines/duckdb/input.ts";
import type { Proof } from "./proof.ts";
import { MAX_HEIGHT, ProofBuilder } from "./proof_builder.ts";
import { holds, withDerivations } from "./session.ts";

export interface ProveResult {
  /** Not null where a bound was reached while evaluating. */
  readonly undecided: Undecided | null;
  /** Null where the fact does not hold. */
  readonly proof: Proof | null;
}

/**
 * The proof of a fact, of least height within each recursion, at most `limits.explain_depth` high and `limits.explain_nodes`
 * large; where it is larger, nodes say `cut`. The row must have the relation's types.
 */
export async function prove(input: DuckDbInput, fact: Fact): Promise<ProveResult> {
  const height = Math.min(input.limits.explain_depth, MAX_HEIGHT);
  return withDerivations(input, [fact.relation], { undecided: null, proof: null }, async (derivations, evaluation) => {
    if (!(await holds(evaluation, fact))) return { undecided: null, proof: null };
    await derivations.expand([fact], height, input.limits.explain_nodes);
    return { undecided: null, proof: new ProofBuilder(derivations, input.program, input.limits).fact(fact, height) };
  });
}
