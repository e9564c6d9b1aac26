import type { Span } from "../../../schema/place.ts";
import type { Atom, Formula, NameRef, Term, TestLiteral } from "../ast.ts";
import { comparisonOperators } from "./operators.ts";
import type { Cursor } from "./parse_cursor.ts";
import { continueTerm, parseArguments, parseTerm } from "./parse_term.ts";

/** Reads a body: `a, b ; c`. What comes back are the formulas that must all hold. */
export function parseBody(cursor: Cursor): Formula[] {
  const formula = requireFormula(cursor, parseDisjunction(cursor));
  return formula.kind === "and" ? [...formula.of] : [formula];
}

/** `{ body }`, or one atom without braces. */
export function parseAggregateBody(cursor: Cursor): Formula[] {
  if (!cursor.at("{")) return [parseAtom(cursor)];
  cursor.take();
  const body = parseBody(cursor);
  cursor.expect("}", "`,`, `;` or `}`");
  return body;
}

/** `relation(terms)`. */
export function parseAtom(cursor: Cursor): Atom {
  const name = parseQualifiedName(cursor, "an atom");
  if (!cursor.at("("))
    cursor.failExpected(`\`(\` behind the relation \`${name.name}\``, "a relation without attributes is written `name()`");
  const args = parseArguments(cursor);
  return { kind: "atom", relation: name.name, args, span: cursor.spanFrom(name.span.offset) };
}

/** `a` or `a.b.c`, without spaces: a full stop that white space follows ends an item. */
export function parseQualifiedName(cursor: Cursor, what: string): NameRef {
  const first = cursor.expectName(what);
  let name = first.text;
  let last = first;
  while (followsDot(cursor) && cursor.adjoins(last, cursor.peek())) {
    cursor.take();
    last = cursor.take();
    name += `.${last.text}`;
  }
  return { name, span: cursor.spanFrom(first.offset) };
}

function followsDot(cursor: Cursor): boolean {
  return cursor.at(".") && cursor.peek(1).kind === "name" && cursor.adjoins(cursor.peek(), cursor.peek(1));
}

/** A formula, or a term where neither a comparison nor a relation made one of it: `(x + 1) * 2 = y` begins like `(p(x) ; q(x))`. */
type FormulaOrTerm = Formula | Term;

const formulaKinds: ReadonlySet<string> = new Set(["atom", "not", "and", "or", "compare", "test", "boolean"]);

function isFormula(found: FormulaOrTerm): found is Formula {
  return formulaKinds.has(found.kind);
}

function requireFormula(cursor: Cursor, found: FormulaOrTerm): Formula {
  if (isFormula(found)) return found;
  const help = found.kind === "variable" ? `a relation is written with parentheses: \`${found.name}(…)\`` : null;
  return cursor.failExpected("a comparison (`=`, `!=`, `<`, `<=`, `>`, `>=`) behind the term", help);
}

function parseDisjunction(cursor: Cursor): FormulaOrTerm {
  const start = cursor.peek().offset;
  const first = parseConjunction(cursor);
  if (!cursor.at(";") || !isFormula(first)) return first;
  const of = [first];
  while (cursor.accept(";")) of.push(requireFormula(cursor, parseConjunction(cursor)));
  return { kind: "or", of, span: cursor.spanFrom(start) };
}

function parseConjunction(cursor: Cursor): FormulaOrTerm {
  const start = cursor.peek().offset;
  const first = parseLiteral(cursor);
  if (!cursor.at(",") || !isFormula(first)) return first;
  const of = [first];
  while (cursor.accept(",")) of.push(requireFormula(cursor, parseLiteral(cursor)));
  return { kind: "and", of, span: cursor.spanFrom(start) };
}

function parseLiteral(cursor: Cursor): FormulaOrTerm {
  const token = cursor.peek();
  if (cursor.at("!")) return cursor.nested(() => parseNegation(cursor));
  if (cursor.at("(")) return parseParenthesis(cursor);
  if (cursor.at("true") || cursor.at("false")) {
    cursor.take();
    return { kind: "boolean", value: token.text === "true", span: cursor.tokenSpan(token) };
  }
  if (cursor.at("match") || cursor.at("contains")) return parseTest(cursor);
  if (token.kind === "name" && (cursor.at("(", 1) || isQualified(cursor))) return parseAtom(cursor);
  return parseComparison(cursor, parseTerm(cursor), token.offset);
}

function isQualified(cursor: Cursor): boolean {
  const [name, dot, next] = [cursor.peek(), cursor.peek(1), cursor.peek(2)];
  return cursor.at(".", 1) && next.kind === "name" && cursor.adjoins(name, dot) && cursor.adjoins(dot, next);
}

function parseNegation(cursor: Cursor): Formula {
  const start = cursor.take().offset;
  const of = requireFormula(cursor, parseLiteral(cursor));
  return { kind: "not", of, span: cursor.spanFrom(start) };
}

function parseParenthesis(cursor: Cursor): FormulaOrTerm {
  const start = cursor.peek().offset;
  const inner = cursor.nested(() => {
    cursor.take();
    const found = parseDisjunction(cursor);
    if (!isFormula(found) && !cursor.at(")")) requireFormula(cursor, found);
    cursor.expect(")", "`,`, `;` or `)`");
    return found;
  });
  return isFormula(inner) ? inner : parseComparison(cursor, continueTerm(cursor, inner, start), start);
}

function parseComparison(cursor: Cursor, left: Term, start: number): FormulaOrTerm {
  const token = cursor.peek();
  const op = token.kind === "punctuation" ? comparisonOperators.get(token.text) : undefined;
  if (op === undefined) return left;
  cursor.take();
  const right = parseTerm(cursor);
  return { kind: "compare", op, left, right, span: cursor.spanFrom(start) };
}

function parseTest(cursor: Cursor): TestLiteral {
  const token = cursor.take();
  const test = token.text === "match" ? "match" : "contains";
  const args = parseArguments(cursor);
  const [first, second] = args;
  const span: Span = cursor.spanFrom(token.offset);
  if (first === undefined || second === undefined || args.length > 2) {
    return cursor.fail("syntax.arguments", `\`${test}\` takes 2 arguments, found ${args.length}`, token);
  }
  return { kind: "test", test, args: [first, second], span };
}
