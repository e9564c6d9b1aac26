import { unreachable } from "../../../schema/unreachable.ts";
import type { Value } from "../../../schema/value.ts";
import type { IrAtom, IrComparison, IrLiteral, IrTerm } from "../ir.ts";

/**
 * The literal that keeps a body from ever holding, or null where none is found: a comparison that is false for every value, two
 * equations that give a variable different constants, or an atom beside its own negation. Looks at constants and names only; it
 * does not compute.
 */
export function contradiction(body: readonly IrLiteral[]): IrLiteral | null {
  const constants = constantsOf(body);
  const atoms = new Map<string, boolean>();
  for (const literal of body) {
    if (literal.kind === "compare" && isFalse(literal, constants)) return literal;
    if (literal.kind !== "atom" || literal.args.includes(null)) continue;
    const key = keyOf(literal);
    const before = atoms.get(key);
    if (before !== undefined && before !== literal.negated) return literal;
    atoms.set(key, literal.negated);
  }
  return null;
}

/** Variables that an equation gives a constant. */
function constantsOf(body: readonly IrLiteral[]): Map<string, Value> {
  const constants = new Map<string, Value>();
  for (const literal of body) {
    if (literal.kind !== "compare" || literal.op !== "=") continue;
    for (const [variable, other] of [
      [literal.left, literal.right],
      [literal.right, literal.left],
    ] as const) {
      if (variable.kind === "variable" && other.kind === "constant" && !constants.has(variable.name))
        constants.set(variable.name, other.value);
    }
  }
  return constants;
}

function isFalse(literal: IrComparison, constants: ReadonlyMap<string, Value>): boolean {
  const { left, right, op } = literal;
  if (left.kind === "variable" && right.kind === "variable" && left.name === right.name) return op === "!=" || op === "<" || op === ">";
  const [a, b] = [constantOf(left, constants), constantOf(right, constants)];
  return a !== null && b !== null && !holds(op, a, b);
}

function constantOf(term: IrTerm, constants: ReadonlyMap<string, Value>): Value | null {
  if (term.kind === "constant") return term.value;
  return term.kind === "variable" ? (constants.get(term.name) ?? null) : null;
}

function holds(op: IrComparison["op"], a: Value, b: Value): boolean {
  switch (op) {
    case "=":
      return a === b;
    case "!=":
      return a !== b;
    case "<":
      return order(a, b) < 0;
    case "<=":
      return order(a, b) <= 0;
    case ">":
      return order(a, b) > 0;
    case ">=":
      return order(a, b) >= 0;
    default:
      return unreachable(op);
  }
}

/** Numbers by size, symbols by code point. */
function order(a: Value, b: Value): number {
  if (typeof a === "string" && typeof b === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

function keyOf(atom: IrAtom): string {
  return `${atom.relation}\0${atom.args.map((arg) => (arg === null ? "_" : termKey(arg))).join("\0")}`;
}

function termKey(term: IrTerm): string {
  switch (term.kind) {
    case "variable":
      return `v:${term.name}`;
    case "constant":
      return `c:${typeof term.value}:${term.value}`;
    case "operation":
      return `${term.op}(${term.args.map(termKey).join(",")})`;
  }
}
