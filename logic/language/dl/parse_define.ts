import type { ConstItem, IncludeItem, Term } from "../ast.ts";
import type { Token } from "./lex_token.ts";
import { Cursor } from "./parse_cursor.ts";
import { literal, parseTerm } from "./parse_term.ts";
import { walkNodes } from "./parse_walk.ts";

const HEAD = /^#[ \t]*([A-Za-z]*)/u;
const DEFINE = /^#[ \t]*define[ \t]+([A-Za-z_][A-Za-z0-9_]*)/u;

/**
 * A preprocessor line: `#define NAME value` as a constant, `#include "file"` as an include. Soufflé's preprocessor pastes text;
 * a definition is read here only where pasting and naming a value mean the same.
 */
export function parseHash(cursor: Cursor): ConstItem | IncludeItem | null {
  const token = cursor.take();
  const word = HEAD.exec(token.text)?.[1] ?? "";
  if (word === "define") return parseDefine(cursor, token);
  if (word === "include") return parseHashInclude(cursor, token);
  cursor.error("syntax.unsupported", `the preprocessor line \`#${word}\` is not supported yet`, cursor.tokenSpan(token));
  return null;
}

function parseHashInclude(cursor: Cursor, token: Token): IncludeItem | null {
  const head = /^#[ \t]*include/u.exec(token.text)?.[0] ?? "";
  const inner = new Cursor(cursor.context, token.offset + head.length, token.offset + token.length);
  const file = inner.peek();
  const span = cursor.tokenSpan(token);
  if (file.kind === "string" && file.text !== "" && inner.peek(1).kind === "end")
    return { kind: "include", file: file.text, once: false, span };
  cursor.error("syntax.unexpected", "expected a string behind `#include`, the file to include", span);
  return null;
}

function parseDefine(cursor: Cursor, token: Token): ConstItem | null {
  const match = DEFINE.exec(token.text);
  const name = match?.[1] ?? "";
  const span = cursor.tokenSpan(token);
  const from = (match?.[0] ?? "").length;
  const isFunction = token.text.charAt(from) === "(";
  const inner = new Cursor(cursor.context, token.offset + from, token.offset + token.length);
  if (name === "" || isFunction || inner.atEnd()) {
    const what = name === "" ? "a `#define` without a name" : isFunction ? "a `#define` with parameters" : "a `#define` without a value";
    cursor.error("syntax.unsupported", `${what} is not supported yet`, span, "`#define NAME value` makes a constant");
    return null;
  }
  inner.beginItem();
  const value = parseValue(inner);
  if (value === null || !inner.atEnd() || !isGround(value)) {
    cursor.error(
      "syntax.constant",
      `\`${name}\` is defined as no constant`,
      span,
      "write a literal, or an expression of literals in parentheses",
    );
    return null;
  }
  if (cursor.context.constants.has(name)) {
    cursor.error("syntax.constant", `\`${name}\` is defined already`, span, "give the second constant another name");
    return null;
  }
  cursor.context.constants.add(name);
  return { kind: "const", name, value, span };
}

/** A literal, an earlier constant, or a term in parentheses; null for anything else. */
function parseValue(inner: Cursor): Term | null {
  const token = inner.peek();
  if (inner.accept("(")) {
    const term = parseTerm(inner);
    inner.expect(")");
    return term;
  }
  if (token.kind === "name" && inner.context.constants.has(token.text)) {
    inner.take();
    return { kind: "constant", name: token.text, span: inner.tokenSpan(token) };
  }
  const isLiteral = token.kind === "integer" || token.kind === "unsigned" || token.kind === "float" || token.kind === "string";
  return isLiteral ? literal(inner, inner.take()) : null;
}

function isGround(value: Term): boolean {
  let ground = true;
  walkNodes([value], (node) => {
    if (node.kind === "variable" || node.kind === "wildcard" || node.kind === "aggregate") ground = false;
  });
  return ground;
}
