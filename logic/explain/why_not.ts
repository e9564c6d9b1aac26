import type { Value } from "../../schema/value.ts";
import type { Undecided } from "../../schema/verdict.ts";
import type { Evaluation } from "../engines/duckdb/evaluation.ts";
import type { DuckDbInput } from "../engines/duckdb/input.ts";
import { literalSql } from "../engines/duckdb/literal.ts";
import { atomsOf } from "../engines/duckdb/needs.ts";
import type { IrLiteral, IrRule, IrTerm } from "../language/ir.ts";
import { nearestAttempt, type Pattern } from "./attempts.ts";
import { factKey } from "./fact_key.ts";
import type { Attempt, Missing, WhyNot } from "./proof.ts";
import { withDerivations } from "./session.ts";
import { literalText } from "./text.ts";

export interface WhyNotResult {
  /** Not null where a bound was reached while evaluating. */
  readonly undecided: Undecided | null;
  /** Null where the fact does hold. */
  readonly whyNot: WhyNot | null;
}

/** Reasons are followed into missing derived facts this far: deeper ones no longer tell the reader what to change. */
const MAX_DEPTH = 16;

/**
 * Why no fact matches `row`, in which null stands for any value: for every rule of the relation the try that leaves the fewest
 * premises unmet, and for an unmet derived premise the same again, at most `limits.explain_depth` deep (never past 16) and
 * `limits.explain_nodes` tries in all. The row must have the relation's types.
 */
export async function explainAbsence(input: DuckDbInput, relation: string, row: Pattern): Promise<WhyNotResult> {
  return withDerivations<WhyNotResult>(input, [relation], { undecided: null, whyNot: null }, async (_, evaluation) => {
    if (await anyMatches(evaluation, relation, row)) return { undecided: null, whyNot: null };
    const search = new Search(evaluation, input.limits.explain_nodes);
    return { undecided: null, whyNot: await search.whyNot(relation, row, Math.min(input.limits.explain_depth, MAX_DEPTH)) };
  });
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

class Search {
  readonly #evaluation: Evaluation;
  readonly #asked = new Set<string>();
  #left: number;

  constructor(evaluation: Evaluation, attempts: number) {
    this.#evaluation = evaluation;
    this.#left = attempts;
  }

  async whyNot(relation: string, row: Pattern, depth: number): Promise<WhyNot> {
    const { role } = this.#evaluation.relation(relation);
    this.#asked.add(patternKey(relation, row));
    if (role === "base") return { relation, row, role, attempts: [] };
    const attempts: Attempt[] = [];
    let cut = false;
    for (const rule of this.#evaluation.rules(relation)) {
      if (this.#left-- <= 0) {
        cut = true;
        break;
      }
      attempts.push(await this.#attempt(rule, row, depth));
    }
    attempts.sort((a, b) => nearness(a) - nearness(b));
    return { relation, row, role, attempts, ...(cut ? { cut } : {}) };
  }

  async #attempt(rule: IrRule, row: Pattern, depth: number): Promise<Attempt> {
    const place = { id: rule.id, file: rule.span.file, line: rule.span.line };
    for (const atom of atomsOf(rule.body)) await this.#evaluation.compute(atom.relation);
    const nearest = await nearestAttempt(this.#evaluation, rule, row);
    if (nearest === null) {
      const head: Missing = { kind: "head", relation: rule.head.relation, row, text: null, why: null };
      return { rule: place, bindings: {}, missing: [head] };
    }
    const missing: Missing[] = [];
    for (const { literal, known } of nearest.missing) missing.push(await this.#missing(literal, known, nearest.bindings, depth));
    const named = Object.fromEntries([...nearest.bindings].filter(([name]) => !name.startsWith("?")));
    return { rule: place, bindings: named, missing };
  }

  async #missing(literal: IrLiteral, known: boolean, bindings: ReadonlyMap<string, Value>, depth: number): Promise<Missing> {
    const valueIn = (term: IrTerm | null): Value | null => {
      if (term === null || term.kind === "operation") return null;
      return term.kind === "constant" ? term.value : (bindings.get(term.name) ?? null);
    };
    if (literal.kind !== "atom") {
      const show = (name: string): string => {
        const value = bindings.get(name);
        return value === undefined ? name : typeof value === "string" ? JSON.stringify(value) : String(value);
      };
      return { kind: known ? "condition" : "unknown", relation: null, row: null, text: literalText(literal, show), why: null };
    }
    const row = literal.args.map(valueIn);
    const bare = { relation: literal.relation, row, text: null, why: null };
    if (literal.negated) return { kind: known ? "present" : "unknown", ...bare };
    const follow = depth > 1 && this.#left > 0 && !this.#asked.has(patternKey(literal.relation, row));
    const derived = this.#evaluation.relation(literal.relation).role === "derived";
    const absent = follow && derived && !(await anyMatches(this.#evaluation, literal.relation, row));
    return { kind: "absent", ...bare, why: absent ? await this.whyNot(literal.relation, row, depth - 1) : null };
  }
}

function patternKey(relation: string, row: Pattern): string {
  return factKey(
    `${relation}/${row.map((value) => (value === null ? "_" : "v")).join("")}`,
    row.map((value) => value ?? ""),
  );
}

/** A head that cannot give the row is further away than any number of missing premises. */
function nearness(attempt: Attempt): number {
  return attempt.missing.some((missing) => missing.kind === "head") ? Number.POSITIVE_INFINITY : attempt.missing.length;
}
