import { NUMBER_MAX, NUMBER_MIN, UNSIGNED_MAX, type Value } from "../../schema/value.ts";
import { literalVariables } from "../engines/duckdb/existential.ts";
import type { IrLiteral, IrRule, IrTerm } from "../language/ir.ts";

/** Values of a row; null stands for any. */
export type Pattern = readonly (Value | null)[];

/**
 * The values of one instance of literals of a rule and of conditions on its head, the least. "unbound" where the literals do not bind
 * their own variables. Equalities of a head that computes its value wait for those variables and are left out where they stay unbound.
 */
export type FindBindings = (rule: IrRule, literals: readonly IrLiteral[]) => Promise<ReadonlyMap<string, Value> | "unbound" | "unmet">;

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
export async function nearestAttempt(find: FindBindings, rule: IrRule, row: Pattern): Promise<Nearest | null> {
  const head = headEqualities(rule, row);
  const start = await find(rule, head);
  if (start === "unmet") return null;
  for (const left of rule.body) {
    const kept = rule.body.filter((literal) => literal !== left);
    const found = await find(rule, [...head, ...kept]);
    if (found instanceof Map) return { bindings: found, missing: [{ literal: left, known: isKnown(left, found) }] };
  }
  return greedy(find, rule, head, start instanceof Map ? start : new Map());
}

async function greedy(find: FindBindings, rule: IrRule, head: readonly IrLiteral[], start: ReadonlyMap<string, Value>): Promise<Nearest> {
  const taken: IrLiteral[] = [...head];
  let bindings = start;
  const refused = new Set<IrLiteral>();
  let open = rule.body;
  for (let progress = true; progress && open.length > 0; ) {
    progress = false;
    for (const literal of open) {
      const found = await find(rule, [...taken, literal]);
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

/** The literals without the equalities of a head that computes its value. */
export function bindableLiterals(rule: IrRule, literals: readonly IrLiteral[]): IrLiteral[] {
  return literals.filter((literal) => literal.kind !== "compare" || rule.body.includes(literal) || literal.left.kind !== "operation");
}

function isKnown(literal: IrLiteral, bindings: ReadonlyMap<string, Value>): boolean {
  return [...literalVariables(literal)].every((name) => bindings.has(name));
}
