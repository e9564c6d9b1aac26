import type { Operator, Term } from "../ast.ts";
import { LEVEL, UNARY_LEVEL } from "./parse_term.ts";

const symbolOf: ReadonlyMap<Operator, keyof typeof LEVEL> = new Map([
  ["+", "+"],
  ["-", "-"],
  ["*", "*"],
  ["/", "/"],
  ["%", "\\"],
  ["^", "**"],
  ["band", "&"],
  ["bor", "?"],
  ["bxor", "^"],
]);

/** A term in clingo's dialect, with the parentheses it needs to read back as it is. A node of the other dialect is a broken invariant. */
export function printTerm(term: Term): string {
  return printAt(term, 0);
}

/** Arguments in parentheses, `""` for none. A sole pool gives up its own parentheses: `p(a ; b)`. */
export function printArguments(args: readonly Term[]): string {
  if (args.length === 0) return "";
  const only = args.length === 1 ? args[0] : undefined;
  return `(${only?.kind === "pool" ? printMembers(only.of) : args.map(printTerm).join(", ")})`;
}

/** A string literal of clingo's dialect. */
export function printString(value: string): string {
  return `"${value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"')}"`;
}

function printAt(term: Term, lowest: number): string {
  switch (term.kind) {
    case "variable":
    case "constant":
      return term.name;
    case "wildcard":
      return "_";
    case "integer":
      return term.text;
    case "string":
      return printString(term.value);
    case "function":
      return term.name === "" ? printTuple(term.args) : `${term.name}${printArguments(term.args)}`;
    case "pool":
      return `(${printMembers(term.of)})`;
    case "interval":
      return inParentheses(`${printAt(term.from, LEVEL[".."])}..${printAt(term.to, LEVEL[".."] + 1)}`, LEVEL[".."] < lowest);
    case "operation":
      return printOperation(term.op, term.args, lowest);
    default:
      throw new Error(`clingo's dialect has no ${term.kind} term`);
  }
}

function printOperation(op: Operator, args: readonly Term[], lowest: number): string {
  const [left, right] = args;
  if (left === undefined) throw new Error("an operation has operands");
  if (op === "abs") return `|${left.kind === "pool" ? printMembers(left.of) : printTerm(left)}|`;
  if (op === "bnot") return `~${printAt(left, UNARY_LEVEL)}`;
  if (right === undefined) return left.kind === "integer" ? `-(${left.text})` : `-${printAt(left, UNARY_LEVEL)}`;
  const symbol = symbolOf.get(op);
  if (symbol === undefined) throw new Error(`clingo's dialect has no operator ${op}`);
  const level = LEVEL[symbol];
  const leftLevel = symbol === "**" ? level + 1 : level;
  const rightLevel = symbol === "**" ? level : level + 1;
  return inParentheses(`${printAt(left, leftLevel)} ${symbol} ${printAt(right, rightLevel)}`, level < lowest);
}

function inParentheses(text: string, needed: boolean): string {
  return needed ? `(${text})` : text;
}

function printTuple(args: readonly Term[]): string {
  return `(${args.map(printTerm).join(", ")}${args.length === 1 ? "," : ""})`;
}

/** An alternative of several arguments stands bare between the semicolons. */
function printMembers(members: readonly Term[]): string {
  return members
    .map((member) => (member.kind === "function" && member.name === ";" ? member.args.map(printTerm).join(", ") : printTerm(member)))
    .join("; ");
}
