import type { Term } from "../ast.ts";
import type { Cursor } from "./parse_cursor.ts";

/** Terms that Soufflé has and Assay has not yet: how each begins, and what is said of it. */
const terms: ReadonlyMap<string, string> = new Map([
  ["[", "records (`[…]`) are"],
  ["nil", "records (`nil`) are"],
  ["$", "algebraic data types (`$X(…)`) and the counter `$` are"],
  ["@", "user-defined functors (`@f(…)`) are"],
  ["as", "type casts (`as(…)`) are"],
  ["autoinc", "`autoinc()` is"],
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
    if (token.text === "$" || token.text === "@") skipQualifiedName(cursor);
    if (cursor.at("(")) cursor.skipBalanced();
  }
  const span = reportUnsupported(cursor, token.offset, terms.get(token.text) ?? "");
  return { kind: "wildcard", span };
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
