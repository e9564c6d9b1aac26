import type { DocLine } from "../doc.ts";

/**
 * `name`: an identifier; `word`: a reserved word; `punctuation`: an operator or bracket; `directive`: `.decl` and its like;
 * `hash`: a whole preprocessor line; `end`: behind the last token.
 */
export type TokenKind = "name" | "word" | "integer" | "unsigned" | "float" | "string" | "punctuation" | "directive" | "hash" | "end";

export interface Token {
  readonly kind: TokenKind;
  /** As written; for a string what it denotes. */
  readonly text: string;
  readonly offset: number;
  readonly length: number;
  /** The lines of the doc comment directly above. */
  readonly doc: readonly DocLine[];
}
