import { unreachable } from "../../../schema/unreachable.ts";
import type { AggregateTerm, Term } from "../ast.ts";
import type { Token } from "./lex_token.ts";
import { aggregates, functors, infixOperators, prefixLevel, prefixOperators } from "./operators.ts";
import type { Cursor } from "./parse_cursor.ts";
import { parseAggregateBody, parseQualifiedName } from "./parse_formula.ts";
import { isUnsupportedTerm, refuseCounter, skipUnsupportedTerm } from "./parse_unsupported.ts";

/** Reads a term with all its operators. */
export function parseTerm(cursor: Cursor): Term {
  return parseInfix(cursor, 0);
}

/** Goes on reading operators behind a term that began at `start` and was read already. */
export function continueTerm(cursor: Cursor, left: Term, start: number, least = 0): Term {
  let term = left;
  for (let operators = 0; ; operators++) {
    const next = cursor.peek();
    const infix = next.kind === "punctuation" || next.kind === "word" ? infixOperators.get(next.text) : undefined;
    if (infix === undefined || infix.level < least) return term;
    if (operators >= cursor.context.limits.program_depth) cursor.failDepth();
    cursor.take();
    const right = cursor.nested(() => parseInfix(cursor, infix.right ? infix.level : infix.level + 1));
    term = { kind: "operation", op: infix.op, args: [term, right], span: cursor.spanFrom(start) };
  }
}

/** Reads terms between `(` and `)`. */
export function parseArguments(cursor: Cursor): Term[] {
  cursor.expect("(");
  return parseRest(cursor, []);
}

function parseRest(cursor: Cursor, before: readonly Term[]): Term[] {
  const args = [...before];
  if (args.length === 0 && cursor.accept(")")) return args;
  if (args.length > 0 && !cursor.accept(",")) {
    cursor.expect(")", "`,` or `)`");
    return args;
  }
  do args.push(parseTerm(cursor));
  while (cursor.accept(","));
  cursor.expect(")", "`,` or `)`");
  return args;
}

function parseInfix(cursor: Cursor, least: number): Term {
  const start = cursor.peek().offset;
  return continueTerm(cursor, parsePrefix(cursor), start, least);
}

function parsePrefix(cursor: Cursor): Term {
  const token = cursor.peek();
  const op = token.kind === "punctuation" || token.kind === "word" ? prefixOperators.get(token.text) : undefined;
  if (op === undefined) return parsePrimary(cursor);
  cursor.take();
  const operand = cursor.nested(() => parseInfix(cursor, prefixLevel));
  const span = cursor.spanFrom(token.offset);
  return (op === "-" ? negated(operand, span) : null) ?? { kind: "operation", op, args: [operand], span };
}

/** The literal that `-` before a literal makes, as Soufflé folds it; null where there is nothing to fold. */
function negated(operand: Term, span: Term["span"]): Term | null {
  if (operand.kind === "integer" || operand.kind === "unsigned") {
    return operand.text.startsWith("-") ? null : { ...operand, value: -operand.value, text: `-${operand.text}`, span };
  }
  if (operand.kind !== "float" || operand.text.startsWith("-")) return null;
  return { ...operand, value: -operand.value, text: `-${operand.text}`, span };
}

function parsePrimary(cursor: Cursor): Term {
  const token = cursor.peek();
  if (isUnsupportedTerm(cursor)) return skipUnsupportedTerm(cursor);
  switch (token.kind) {
    case "name":
      return parseName(cursor);
    case "integer":
    case "unsigned":
    case "float":
    case "string":
      return literal(cursor, cursor.take());
    case "punctuation":
      return parseBracketed(cursor);
    case "word":
      return parseWord(cursor);
    case "directive":
    case "hash":
    case "end":
      return cursor.failExpected("a term");
    default:
      return unreachable(token.kind);
  }
}

function parseName(cursor: Cursor): Term {
  const token = cursor.take();
  if (cursor.at("(")) {
    return cursor.fail(
      "syntax.unexpected",
      `\`${token.text}\` is no function, expected a term`,
      token,
      "a relation stands in the body as a literal of its own; the functions are `cat`, `strlen`, `substr`, `min`, `max`, `range`, …",
    );
  }
  const span = cursor.tokenSpan(token);
  if (cursor.context.constants.has(token.text)) return { kind: "constant", name: token.text, span };
  cursor.context.variables.add(token.text);
  return { kind: "variable", name: token.text, span };
}

/** A literal token as a term. */
export function literal(cursor: Cursor, token: Token): Term {
  const span = cursor.tokenSpan(token);
  if (token.kind === "string") return { kind: "string", value: token.text, span };
  if (token.kind === "float") return { kind: "float", value: Number(token.text), text: token.text, span };
  if (token.kind === "unsigned") return { kind: "unsigned", value: BigInt(token.text.slice(0, -1)), text: token.text, span };
  return { kind: "integer", value: BigInt(token.text), text: token.text, span };
}

function parseBracketed(cursor: Cursor): Term {
  const token = cursor.peek();
  if (cursor.accept("_")) return { kind: "wildcard", span: cursor.tokenSpan(token) };
  if (cursor.at("[")) return cursor.nested(() => parseRecord(cursor));
  if (cursor.at("$")) return parseBranch(cursor);
  if (!cursor.at("(")) return cursor.failExpected("a term");
  return cursor.nested(() => {
    cursor.take();
    const term = parseTerm(cursor);
    cursor.expect(")");
    return term;
  });
}

/** `[x, y]`. */
function parseRecord(cursor: Cursor): Term {
  const start = cursor.take().offset;
  const args: Term[] = [];
  if (!cursor.at("]")) {
    do args.push(parseTerm(cursor));
    while (cursor.accept(","));
  }
  cursor.expect("]", "`,` or `]`");
  return { kind: "record", args, span: cursor.spanFrom(start) };
}

/** `$Node(x, y)` or `$Leaf`; a `$` alone is the counter. */
function parseBranch(cursor: Cursor): Term {
  const start = cursor.take();
  if (cursor.peek().kind !== "name") return refuseCounter(cursor, start);
  const { name } = parseQualifiedName(cursor, "a branch's name");
  const args = cursor.at("(") ? cursor.nested(() => parseArguments(cursor)) : [];
  return { kind: "branch", name, args, span: cursor.spanFrom(start.offset) };
}

/** `as(x, Type)`. */
function parseCast(cursor: Cursor): Term {
  const start = cursor.take().offset;
  cursor.expect("(");
  const of = parseTerm(cursor);
  cursor.expect(",", "`,` and a type");
  const type = parseQualifiedName(cursor, "a type");
  cursor.expect(")");
  return { kind: "cast", of, type, span: cursor.spanFrom(start) };
}

function parseWord(cursor: Cursor): Term {
  const token = cursor.peek();
  if (cursor.at("as")) return cursor.nested(() => parseCast(cursor));
  if (cursor.accept("nil")) return { kind: "nil", span: cursor.tokenSpan(token) };
  const op = aggregates.find((name) => name === token.text);
  if (op !== undefined) return cursor.nested(() => parseAggregate(cursor, op));
  if (functors.has(token.text)) {
    cursor.take();
    return call(
      cursor,
      token,
      cursor.nested(() => parseArguments(cursor)),
    );
  }
  return cursor.fail("syntax.reserved", `\`${token.text}\` is a reserved word, expected a term`, token);
}

function call(cursor: Cursor, token: Token, args: readonly Term[]): Term {
  const known = functors.get(token.text);
  if (known === undefined) return cursor.fail("syntax.arguments", `\`${token.text}\` takes no list of arguments`, token);
  const span = cursor.spanFrom(token.offset);
  if (args.length < known.least || args.length > known.most) {
    const wanted =
      known.most === known.least
        ? `${known.least}`
        : Number.isFinite(known.most)
          ? `${known.least} to ${known.most}`
          : `${known.least} or more`;
    cursor.error("syntax.arguments", `\`${token.text}\` takes ${wanted} arguments, found ${args.length}`, span);
  }
  return { kind: "call", functor: known.functor, args, span };
}

/** `min(a, b)` is a functor, `min (a) * 2 : { … }` an aggregate: the token behind the first term tells. */
function parseAggregate(cursor: Cursor, op: AggregateTerm["op"]): Term {
  const token = cursor.take();
  let target: Term | null = null;
  const start = cursor.peek().offset;
  if (cursor.at("(")) {
    cursor.take();
    const first = parseTerm(cursor);
    if (cursor.at(",")) return call(cursor, token, parseRest(cursor, [first]));
    cursor.expect(")", "`,` or `)`");
    target = continueTerm(cursor, first, start);
  } else if (!cursor.at(":")) target = parseTerm(cursor);
  const span = cursor.spanFrom(token.offset);
  if ((op === "count") !== (target === null)) {
    const message = op === "count" ? "`count` takes no term before the `:`" : `\`${op}\` needs a term before the \`:\``;
    cursor.error("syntax.arguments", message, span);
  }
  cursor.expect(":");
  const body = parseAggregateBody(cursor);
  return { kind: "aggregate", op, target, body, span: cursor.spanFrom(token.offset) };
}
