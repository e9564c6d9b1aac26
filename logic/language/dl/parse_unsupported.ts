import type { Term } from "../ast.ts";
import type { Token } from "./lex_token.ts";
import type { Cursor } from "./parse_cursor.ts";

const COUNTER = "the counter (`autoinc()`, `$`) gives values that depend on the order of evaluation";

/** Terms that Soufflé has and Assay has not: how each begins, and what is said of it. The first ones are left out for good. */
const terms: ReadonlyMap<string, string> = new Map([
  ["@", "user-defined functors (`@f(…)`) run foreign code, so no verdict could be repeated"],
  ["autoinc", COUNTER],
  ["recursive_iteration_cnt", "`recursive_iteration_cnt()` is"],
  ["__ITERATION__", "`__ITERATION__` is"],
  ["__FILE__", "`__FILE__` is"],
  ["__LINE__", "`__LINE__` is"],
  ["__INCL__", "`__INCL__` is"],
]);

export function isUnsupportedTerm(cursor: Cursor): boolean {
  const { kind, text } = cursor.peek();
  return (kind === "punctuation" || kind === "word") && terms.has(text);
}

/** Reports the unsupported term that begins here and reads past it. The wildcard given back stands where the term stood. */
export function skipUnsupportedTerm(cursor: Cursor): Term {
  const token = cursor.peek();
  if (cursor.at("@") && cursor.at("@", 1)) cursor.fail("syntax.unsupported", "user-defined aggregates are not supported yet", token);
  if (cursor.at("[")) cursor.skipBalanced();
  else {
    cursor.take();
    if (token.text === "@") skipQualifiedName(cursor);
    if (cursor.at("(")) cursor.skipBalanced();
  }
  const what = terms.get(token.text) ?? "";
  const isRefused = token.text === "@" || token.text === "autoinc";
  const span = isRefused ? refuse(cursor, token.offset, what) : reportUnsupported(cursor, token.offset, what);
  return { kind: "wildcard", span };
}

/** Refuses the counter `$`, which was read. */
export function refuseCounter(cursor: Cursor, token: Token): Term {
  return { kind: "wildcard", span: refuse(cursor, token.offset, COUNTER) };
}

/** Reports what was read since `start` as left out of the language on purpose: `why` says the reason. */
export function refuse(cursor: Cursor, start: number, why: string): Term["span"] {
  const span = cursor.spanFrom(start);
  cursor.error("syntax.refused", why, span);
  return span;
}

/** Reports what was read since `start` as unsupported: `what` is its name and a verb. Gives its span. */
export function reportUnsupported(cursor: Cursor, start: number, what: string): Term["span"] {
  const span = cursor.spanFrom(start);
  cursor.error("syntax.unsupported", `${what} not supported yet`, span);
  return span;
}

function skipQualifiedName(cursor: Cursor): void {
  if (cursor.peek().kind === "name") cursor.take();
  while (cursor.at(".") && cursor.peek(1).kind === "name" && cursor.adjoins(cursor.peek(), cursor.peek(1))) {
    cursor.take();
    cursor.take();
  }
}
