/** A stretch of a program's text. `line` and `column` count from 1, `offset` and `length` are UTF-16 units from 0. */
export interface Span {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
  readonly line: number;
  readonly column: number;
}

/** Where a fact came from in its input, for people: `orders.csv:812`. Never part of a fact's identity. */
export type Place = string;

/** Prints a span as `file:line:column`. */
export function spanText(span: Span): string {
  return `${span.file}:${span.line}:${span.column}`;
}
