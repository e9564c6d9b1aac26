import type { AggregateLiteral, Atom, ComparisonOp, Formula, Guard, Term } from "../ast.ts";
import { beginsTerm, parseTerm } from "./parse_term.ts";
import type { Token } from "./token.ts";
import type { TokenReader } from "./token_reader.ts";

const comparisonOf: Readonly<Record<string, ComparisonOp>> = {
  "=": "=",
  "==": "=",
  "!=": "!=",
  "<>": "!=",
  "<": "<",
  "<=": "<=",
  ">": ">",
  ">=": ">=",
};

const aggregates: Readonly<Record<string, AggregateLiteral["op"]>> = {
  "#count": "count",
  "#sum": "sum",
  "#sum+": "sum+",
  "#min": "min",
  "#max": "max",
};

/**
 * Reads a rule's body up to its `.`, which it leaves. Literals are joined by `,` or `;`; a conditional literal ends at `;`.
 * A chained comparison `1 < X < 5` reads as its comparisons one after the other.
 */
export function parseBody(reader: TokenReader): Formula[] {
  const body: Formula[] = [];
  if (reader.is(".")) return body;
  for (;;) {
    const start = reader.peek();
    const literals = parseBodyLiteral(reader);
    if (reader.is(":")) {
      const condition = parseCondition(reader);
      body.push({ kind: "conditional", literal: onlyLiteral(reader, literals), condition, span: reader.spanFrom(start) });
      if (!reader.take(";")) return body;
    } else {
      body.push(...literals);
      if (!reader.take(",") && !reader.take(";")) return body;
    }
  }
}

/** Reads `: literal, …`, or nothing where no colon stands. */
export function parseCondition(reader: TokenReader): Formula[] {
  const condition: Formula[] = [];
  if (!reader.take(":")) return condition;
  if (!beginsLiteral(reader)) return condition;
  do condition.push(...parseLiteral(reader));
  while (reader.take(","));
  return condition;
}

/** Reads an atom, a comparison or a truth value, negated or not. More than one formula only for a chained comparison. */
export function parseLiteral(reader: TokenReader): Formula[] {
  return parseNegated(reader, false);
}

function parseBodyLiteral(reader: TokenReader): Formula[] {
  return parseNegated(reader, true);
}

function parseNegated(reader: TokenReader, aggregatesToo: boolean): Formula[] {
  const start = reader.peek();
  if (!reader.isWord("not")) return parsePositive(reader, aggregatesToo);
  reader.next();
  const twice = reader.isWord("not");
  if (twice) reader.next();
  const of = onlyLiteral(reader, parsePositive(reader, aggregatesToo));
  const span = reader.spanFrom(start);
  const negated: Formula = { kind: "not", of, span };
  return [twice ? { kind: "not", of: negated, span } : negated];
}

function parsePositive(reader: TokenReader, aggregatesToo: boolean): Formula[] {
  const start = reader.peek();
  if (reader.take("#true")) return [{ kind: "boolean", value: true, span: reader.spanFrom(start) }];
  if (reader.take("#false")) return [{ kind: "boolean", value: false, span: reader.spanFrom(start) }];
  if (reader.is("&"))
    reader.reject("syntax.unsupported", "a theory atom", reader.spanOf(start), "theory atoms belong to clingo's extensions");
  if (beginsAggregate(reader)) return [parseAggregate(reader, start, null, aggregatesToo)];
  const left = parseTerm(reader);
  const op = takeComparison(reader);
  if (beginsAggregate(reader)) return [parseAggregate(reader, start, { op: op ?? "<=", term: left }, aggregatesToo)];
  return op === null ? [atomOf(reader, left)] : parseComparisons(reader, start, left, op);
}

function parseComparisons(reader: TokenReader, start: Token, first: Term, firstOp: ComparisonOp): Formula[] {
  const chain: Formula[] = [];
  let left = first;
  for (let op: ComparisonOp | null = firstOp; op !== null; op = takeComparison(reader)) {
    const right = parseTerm(reader);
    chain.push({ kind: "compare", op, left, right, span: reader.spanFrom(start) });
    left = right;
  }
  return chain;
}

/** The comparison at the next token, taken; null where there is none. */
export function takeComparison(reader: TokenReader): ComparisonOp | null {
  const token = reader.peek();
  const op = token.kind === "symbol" && Object.hasOwn(comparisonOf, token.text) ? comparisonOf[token.text] : undefined;
  if (op === undefined) return null;
  reader.next();
  return op;
}

/** The atom that a term spells, or a rejection. */
export function atomOf(reader: TokenReader, term: Term): Atom {
  if (term.kind === "constant" && !term.name.startsWith("#")) return { kind: "atom", relation: term.name, args: [], span: term.span };
  if (term.kind === "function" && term.name !== "") return { kind: "atom", relation: term.name, args: term.args, span: term.span };
  const negated = term.kind === "operation" && term.op === "-" ? term.args[0] : undefined;
  if (term.kind === "operation" && term.args.length === 1 && (negated?.kind === "constant" || negated?.kind === "function")) {
    const help = "name the contrary by a relation of its own, and forbid both by a constraint";
    reader.reject("syntax.unsupported", "classical negation", term.span, help);
  }
  return reader.reject("syntax.unexpected", "found a term where an atom or a comparison should stand", term.span, null);
}

function beginsAggregate(reader: TokenReader): boolean {
  return reader.is("{") || (reader.peek().kind === "directive" && Object.hasOwn(aggregates, reader.peek().text));
}

function beginsLiteral(reader: TokenReader): boolean {
  const token = reader.peek();
  if (token.kind === "directive") return ["#true", "#false", "#inf", "#sup"].includes(token.text);
  return reader.isWord("not") || reader.is("&") || beginsTerm(reader);
}

function parseAggregate(reader: TokenReader, start: Token, left: Guard | null, allowed: boolean): AggregateLiteral {
  if (!allowed) reader.unexpected("an atom or a comparison");
  const word = reader.peek();
  const op = word.text === "{" ? "count" : aggregates[word.text];
  if (op === undefined) return reader.unexpected("an aggregate");
  if (word.text !== "{") reader.next();
  reader.expect("{");
  const elements: AggregateLiteral["elements"][number][] = [];
  if (!reader.is("}")) {
    do elements.push(word.text === "{" ? parseSetElement(reader) : parseElement(reader));
    while (reader.take(";"));
  }
  reader.expect("}");
  const right = parseRightGuard(reader);
  return { kind: "aggregate_literal", op, elements, left, right, span: reader.spanFrom(start) };
}

/** The guard behind a closing brace, or null. */
export function parseRightGuard(reader: TokenReader): Guard | null {
  const op = takeComparison(reader);
  if (op === null && !beginsTerm(reader)) return null;
  return { op: op ?? "<=", term: parseTerm(reader) };
}

function parseElement(reader: TokenReader): AggregateLiteral["elements"][number] {
  const start = reader.peek();
  if (!reader.is(":") && !beginsTerm(reader)) reader.unexpected("an aggregate's element");
  const terms = reader.is(":") ? [] : parseTerms(reader);
  return { terms, condition: parseCondition(reader), span: reader.spanFrom(start) };
}

/** Reads terms joined by commas, at least one. */
export function parseTerms(reader: TokenReader): Term[] {
  const terms: Term[] = [];
  do terms.push(parseTerm(reader));
  while (reader.take(","));
  return terms;
}

/** `{ a ; not b : c }` counts the literals that hold: each stands for itself in the counted tuple, told apart by its sign as in gringo. */
function parseSetElement(reader: TokenReader): AggregateLiteral["elements"][number] {
  const start = reader.peek();
  const literal = onlyLiteral(reader, parseLiteral(reader));
  const span = reader.spanFrom(start);
  let atom = literal;
  let sign = 0;
  while (atom.kind === "not") {
    atom = atom.of;
    sign++;
  }
  if (atom.kind !== "atom")
    return reader.reject("syntax.unsupported", "only atoms can be counted by bare braces", span, "use `#count { tuple : literal }`");
  const counted: Term =
    atom.args.length === 0
      ? { kind: "constant", name: atom.relation, span: atom.span }
      : { kind: "function", name: atom.relation, args: atom.args, span: atom.span };
  const terms: Term[] = [{ kind: "integer", value: BigInt(sign), text: String(sign), span: atom.span }, counted];
  return { terms, condition: [literal, ...parseCondition(reader)], span: reader.spanFrom(start) };
}

/** The one literal of a list, or a rejection of a chained comparison where only one literal may stand. */
export function onlyLiteral(reader: TokenReader, literals: readonly Formula[]): Formula {
  const first = literals[0];
  if (first === undefined) return reader.unexpected("a literal");
  const last = literals.at(-1) ?? first;
  if (last !== first)
    reader.reject("syntax.unsupported", "a chained comparison stands here", last.span, "write its comparisons one by one");
  return first;
}
