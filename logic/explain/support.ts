import type { Fact } from "../../schema/fact.ts";
import type { Row } from "../../schema/value.ts";
import type { Undecided } from "../../schema/verdict.ts";
import type { DuckDbInput } from "../engines/duckdb/input.ts";
import type { IrProgram } from "../language/ir.ts";
import { factKey } from "./fact_key.ts";
import { type FoundDerivations, factsOf } from "./premise.ts";
import { withDerivations } from "./session.ts";

/** The base facts that one tuple rests on, by one derivation: the least instance of the first rule that gives it. */
export interface Support {
  /** In order of the rule's premises, each fact once. */
  readonly facts: readonly Fact[];
  /** True where facts are left out because a bound of explanation was reached. */
  readonly cut: boolean;
}

export interface SupportResult {
  /** Not null where a bound was reached while evaluating; then `support` is empty. */
  readonly undecided: Undecided | null;
  /** One entry a row. */
  readonly support: readonly Support[];
}

/**
 * The base facts behind tuples of a relation, for a page of a law's violations. Negated premises have none; an aggregate gives at
 * most `limits.explain_members` of its members. `rows` must be tuples that hold.
 */
export async function supportOf(input: DuckDbInput, relation: string, rows: readonly Row[]): Promise<SupportResult> {
  if (rows.length === 0) return { undecided: null, support: [] };
  const { explain_depth, explain_nodes } = input.limits;
  return withDerivations<SupportResult>(input, [relation], { undecided: null, support: [] }, async (derivations) => {
    const facts = rows.map((row) => ({ relation, row }));
    await derivations.expand(facts, explain_depth, Math.max(explain_nodes, rows.length));
    return { undecided: null, support: facts.map((fact) => collectSupport(input.program, derivations, fact)) };
  });
}

/** The base facts at the leaves of the derivation of `start`. */
export function collectSupport(program: IrProgram, derivations: FoundDerivations, start: Fact): Support {
  const seen = new Set<string>();
  const facts: Fact[] = [];
  let cut = false;
  const open: Fact[] = [start];
  for (let fact = open.pop(); fact !== undefined; fact = open.pop()) {
    const key = factKey(fact.relation, fact.row);
    if (seen.has(key)) continue;
    seen.add(key);
    if (program.relations.get(fact.relation)?.role === "base") {
      facts.push(fact);
      continue;
    }
    const derivation = derivations.of(fact);
    if (derivation === undefined || derivation === null) {
      cut = true;
      continue;
    }
    cut ||= derivation.premises.some((premise) => premise.kind === "aggregate" && premise.members.length < premise.total);
    open.push(...factsOf(derivation.premises).reverse());
  }
  return { facts, cut };
}
