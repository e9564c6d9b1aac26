import { NUMBER_MAX, NUMBER_MIN, UNSIGNED_MAX, type Value } from "../../schema/value.ts";
import { planBody } from "../engines/duckdb/body.ts";
import type { Evaluation } from "../engines/duckdb/evaluation.ts";
import { literalVariables } from "../engines/duckdb/existential.ts";
import { whereSql } from "../engines/duckdb/select.ts";
import type { IrLiteral, IrRule, IrTerm } from "../language/ir.ts";

/** Values of a row; null stands for any. */
export type Pattern = readonly (Value | null)[];

/** How near a rule comes to a row. */
export interface Nearest {
  readonly bindings: ReadonlyMap<string, Value>;
  /** Literals that the instance does not meet; `known` false where their variables have no value. */
  readonly missing: readonly { readonly literal: IrLiteral; readonly known: boolean }[];
}

/**
 * The instance of a rule for a head matching `row` that meets the most of its body: first all literals but one are tried, then
 * literals are taken in one after the other as long as an instance remains. Null where the head itself cannot match.
 * Every relation of the body must be computed.
 */
export async function nearestAttempt(evaluation: Evaluation, rule: IrRule, row: Pattern): Promise<Nearest | null> {
  const head = headEqualities(rule, row);
  const start = await findBindings(evaluation, rule, head);
  if (start === "unmet") return null;
  for (const left of rule.body) {
    const kept = rule.body.filter((literal) => literal !== left);
    const found = await findBindings(evaluation, rule, [...head, ...kept]);
    if (found instanceof Map) return { bindings: found, missing: [{ literal: left, known: isKnown(left, found) }] };
  }
  return greedy(evaluation, rule, head, start instanceof Map ? start : new Map());
}

async function greedy(
  evaluation: Evaluation,
  rule: IrRule,
  head: readonly IrLiteral[],
  start: ReadonlyMap<string, Value>,
): Promise<Nearest> {
  const taken: IrLiteral[] = [...head];
  let bindings = start;
  const refused = new Set<IrLiteral>();
  let open = rule.body;
  for (let progress = true; progress && open.length > 0; ) {
    progress = false;
    for (const literal of open) {
      const found = await findBindings(evaluation, rule, [...taken, literal]);
      if (found === "unbound") continue;
      open = open.filter((other) => other !== literal);
      progress = true;
      if (found === "unmet") {
        refused.add(literal);
        continue;
      }
      taken.push(literal);
      bindings = found;
    }
  }
  const missing = rule.body.filter((literal) => refused.has(literal) || open.includes(literal));
  return { bindings, missing: missing.map((literal) => ({ literal, known: refused.has(literal) || isKnown(literal, bindings) })) };
}

/** The head as conditions on the rule's variables. */
function headEqualities(rule: IrRule, row: Pattern): IrLiteral[] {
  return rule.head.args.flatMap((term, at): IrLiteral[] => {
    const value = row[at] ?? null;
    if (value === null) return [];
    return [{ kind: "compare", op: "=", ...solved(term, value), span: rule.span }];
  });
}

/** `x + 1 = 60` as `x = 59`, so that a head which counts still binds its variable; any other equation as it stands. */
function solved(term: IrTerm, value: Value): { readonly left: IrTerm; readonly right: IrTerm } {
  const right = { kind: "constant", value, type: term.type } as const;
  if (term.kind !== "operation" || term.args.length !== 2 || typeof value !== "bigint") return { left: term, right };
  const [first, second] = term.args;
  if (first?.kind !== "variable" || second?.kind !== "constant" || typeof second.value !== "bigint") return { left: term, right };
  if (term.op !== "+" && term.op !== "-") return { left: term, right };
  const solution = term.op === "+" ? value - second.value : value + second.value;
  const [least, most] = term.type === "unsigned" ? [0n, UNSIGNED_MAX] : [NUMBER_MIN, NUMBER_MAX];
  return solution < least || solution > most ? { left: term, right } : { left: first, right: { ...right, value: solution } };
}

/**
 * The values of one instance, the least. "unbound" where the literals do not bind their own variables. Equalities of a head that
 * computes its value wait for those variables and are left out where they stay unbound.
 */
async function findBindings(
  evaluation: Evaluation,
  rule: IrRule,
  literals: readonly IrLiteral[],
): Promise<ReadonlyMap<string, Value> | "unbound" | "unmet"> {
  const names = new Set(literals.flatMap((literal) => [...literalVariables(literal)]));
  const plan = evaluation.lower(rule.head.relation, () => {
    const lowering = evaluation.lowering();
    const whole = planBody(lowering, literals, new Map(), names);
    if (whole !== null) return whole;
    const bindable = literals.filter(
      (literal) => literal.kind !== "compare" || rule.body.includes(literal) || literal.left.kind !== "operation",
    );
    return bindable.length < literals.length ? planBody(lowering, bindable, new Map(), names) : null;
  });
  if (plan === null) return "unbound";
  const shown = [...plan.scope].filter(([, expression]) => expression !== undefined);
  const columns = shown.map(([, expression], at) => `${expression.sql} AS o${at}`);
  const order = columns.map((_, at) => `o${at}`).join(", ");
  const where = whereSql(plan, { strict: new Set(plan.conditions) });
  const sql = `SELECT ${columns.join(", ") || "1 AS o0"} FROM ${plan.from}${where} ORDER BY ${order || "o0"} LIMIT 1`;
  const [row] = await evaluation.session.rows(sql, rule.head.relation);
  if (row === undefined) return "unmet";
  return new Map(shown.flatMap(([name], at) => (row[at] === null || row[at] === undefined ? [] : [[name, row[at] as Value]])));
}

function isKnown(literal: IrLiteral, bindings: ReadonlyMap<string, Value>): boolean {
  return [...literalVariables(literal)].every((name) => bindings.has(name));
}
