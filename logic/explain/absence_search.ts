import type { Relation } from "../../schema/relation.ts";
import type { Value } from "../../schema/value.ts";
import type { IrLiteral, IrRule, IrTerm } from "../language/ir.ts";
import { type FindBindings, nearestAttempt, type Pattern } from "./attempts.ts";
import { factKey } from "./fact_key.ts";
import type { Attempt, Missing, WhyNot } from "./proof.ts";
import { literalText } from "./text.ts";

/** Reasons are followed into missing derived facts this far: deeper ones no longer tell the reader what to change. */
export const MAX_DEPTH = 16;

/** Where a search for reasons reads tuples. */
export interface AbsenceSource {
  relation(name: string): Relation;
  rules(relation: string): readonly IrRule[];
  /** Whether some tuple of the relation matches. */
  matches(relation: string, row: Pattern): Promise<boolean>;
  readonly findBindings: FindBindings;
}

/** Looks for reasons, rule by rule and premise by premise, with at most `attempts` tries in all. */
export class AbsenceSearch {
  readonly #source: AbsenceSource;
  readonly #asked = new Set<string>();
  #left: number;

  constructor(source: AbsenceSource, attempts: number) {
    this.#source = source;
    this.#left = attempts;
  }

  /** Why no tuple of the relation matches `row`, which none does; null stands for any value. */
  async whyNot(relation: string, row: Pattern, depth: number): Promise<WhyNot> {
    const { role } = this.#source.relation(relation);
    this.#asked.add(patternKey(relation, row));
    if (role === "base") return { relation, row, role, attempts: [] };
    const attempts: Attempt[] = [];
    let cut = false;
    for (const rule of this.#source.rules(relation)) {
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
    const nearest = await nearestAttempt(this.#source.findBindings, rule, row);
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
    const derived = this.#source.relation(literal.relation).role === "derived";
    const absent = follow && derived && !(await this.#source.matches(literal.relation, row));
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
