import type { DocLine } from "../doc.ts";

/** A token of clingo's dialect. `directive` is a word that begins with `#`; `symbol` is punctuation or an operator. */
export interface Token {
  readonly kind: "identifier" | "variable" | "wildcard" | "number" | "string" | "directive" | "symbol" | "end";
  /** As written; for a string the value, its escapes undone. */
  readonly text: string;
  readonly offset: number;
  readonly length: number;
}

/** A line that holds a `%!` comment and nothing else. */
export interface DocComment extends DocLine {
  /** True where a blank line follows: then it stands above nothing. */
  readonly detached: boolean;
}
