import type { Fact } from "../../schema/fact.ts";
import type { Undecided } from "../../schema/verdict.ts";
import { UndecidedSignal } from "../engines/duckdb/bounded_session.ts";
import { Evaluation } from "../engines/duckdb/evaluation.ts";
import type { DuckDbInput } from "../engines/duckdb/input.ts";
import { literalSql } from "../engines/duckdb/literal.ts";
import { needsOf, rulesByRelation } from "../engines/duckdb/needs.ts";
import { Derivations } from "./derivations.ts";

/**
 * Runs `work` over an evaluation in which everything that `relations` depend on becomes a table, and drops the tables after.
 * A bound reached on the way gives `otherwise` with `undecided` filled in.
 */
export async function withDerivations<T extends { readonly undecided: Undecided | null }>(
  input: DuckDbInput,
  relations: readonly string[],
  otherwise: T,
  work: (derivations: Derivations, evaluation: Evaluation) => Promise<T>,
): Promise<T> {
  const { reached } = needsOf(input.program, rulesByRelation(input.program), relations);
  const derived = [...reached].filter((name) => input.program.relations.get(name)?.role === "derived");
  const evaluation = new Evaluation(input, derived);
  try {
    return await work(new Derivations(evaluation), evaluation);
  } catch (error) {
    if (error instanceof UndecidedSignal) return { ...otherwise, undecided: error.undecided };
    throw error;
  } finally {
    await evaluation.close();
  }
}

/** Whether a fact holds. Errors: `UndecidedSignal`. */
export async function holds(evaluation: Evaluation, fact: Fact): Promise<boolean> {
  const relation = evaluation.relation(fact.relation);
  const source = await evaluation.compute(fact.relation);
  const same = fact.row.map((value, at) => `${source.columns[at]} = ${literalSql(value, relation.attributes[at]?.type ?? "symbol")}`);
  const rows = await evaluation.session.rows(
    `SELECT 1 FROM ${source.sql} AS t WHERE ${same.join(" AND ") || "true"} LIMIT 1`,
    fact.relation,
  );
  return rows.length > 0;
}
