import type { Undecided } from "../../schema/verdict.ts";
import type { Evaluation } from "../engines/duckdb/evaluation.ts";
import type { DuckDbInput } from "../engines/duckdb/input.ts";
import { literalSql } from "../engines/duckdb/literal.ts";
import { atomsOf } from "../engines/duckdb/needs.ts";
import { AbsenceSearch, type AbsenceSource, MAX_DEPTH } from "./absence_search.ts";
import type { Pattern } from "./attempts.ts";
import { bindingsFrom } from "./bindings.ts";
import type { WhyNot } from "./proof.ts";
import { withDerivations } from "./session.ts";

export interface WhyNotResult {
  /** Not null where a bound was reached while evaluating. */
  readonly undecided: Undecided | null;
  /** Null where the fact does hold. */
  readonly whyNot: WhyNot | null;
}

/**
 * Why no fact matches `row`, in which null stands for any value: for every rule of the relation the try that leaves the fewest
 * premises unmet, and for an unmet derived premise the same again, at most `limits.explain_depth` deep (never past 16) and
 * `limits.explain_nodes` tries in all. The row must have the relation's types.
 */
export async function explainAbsence(input: DuckDbInput, relation: string, row: Pattern): Promise<WhyNotResult> {
  const { undecided, whyNots } = await explainAbsences(input, [{ relation, row }]);
  return { undecided, whyNot: whyNots[0] ?? null };
}

/** As `explainAbsence`, for several facts over one evaluation: what they depend on is computed once. Null, in its place, for one that holds. */
export async function explainAbsences(
  input: DuckDbInput,
  goals: readonly { readonly relation: string; readonly row: Pattern }[],
): Promise<{ readonly undecided: Undecided | null; readonly whyNots: readonly (WhyNot | null)[] }> {
  const relations = [...new Set(goals.map(({ relation }) => relation))];
  const none = { undecided: null, whyNots: goals.map(() => null) };
  return withDerivations<{ undecided: Undecided | null; whyNots: readonly (WhyNot | null)[] }>(
    input,
    relations,
    none,
    async (_, evaluation) => {
      const find = bindingsFrom(evaluation);
      const source: AbsenceSource = {
        relation: (name) => evaluation.relation(name),
        rules: (name) => evaluation.rules(name),
        matches: (name, pattern) => anyMatches(evaluation, name, pattern),
        findBindings: async (rule, literals) => {
          for (const atom of atomsOf(rule.body)) await evaluation.compute(atom.relation);
          return find(rule, literals);
        },
      };
      const whyNots: (WhyNot | null)[] = [];
      for (const { relation, row } of goals) {
        const search = new AbsenceSearch(source, input.limits.explain_nodes);
        const depth = Math.min(input.limits.explain_depth, MAX_DEPTH);
        whyNots.push((await anyMatches(evaluation, relation, row)) ? null : await search.whyNot(relation, row, depth));
      }
      return { undecided: null, whyNots };
    },
  );
}

async function anyMatches(evaluation: Evaluation, relation: string, row: Pattern): Promise<boolean> {
  const { attributes } = evaluation.relation(relation);
  const source = await evaluation.compute(relation);
  const same = row.flatMap((value, at) => {
    return value === null ? [] : [`${source.columns[at]} = ${literalSql(value, attributes[at]?.type ?? "symbol")}`];
  });
  const rows = await evaluation.session.rows(`SELECT 1 FROM ${source.sql} AS t WHERE ${same.join(" AND ") || "true"} LIMIT 1`, relation);
  return rows.length > 0;
}
