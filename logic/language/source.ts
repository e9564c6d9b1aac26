import type { Span } from "../../schema/place.ts";

/**
 * A program's text with its line starts, so that any offset becomes a place. Lines end at `\n`, `\r\n` or a lone `\r`;
 * columns count UTF-16 units from 1.
 */
export class SourceText {
  readonly file: string;
  readonly text: string;
  readonly #lineStarts: readonly number[];

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
    this.#lineStarts = lineStartsOf(text);
  }

  /** The span of `length` units from `offset`, both clamped to the text. */
  span(offset: number, length: number): Span {
    const start = Math.min(Math.max(offset, 0), this.text.length);
    const line = this.#lineAt(start);
    const lineStart = this.#lineStarts[line - 1] ?? 0;
    return {
      file: this.file,
      offset: start,
      length: Math.min(Math.max(length, 0), this.text.length - start),
      line,
      column: start - lineStart + 1,
    };
  }

  /** The text a span of this source covers. */
  slice(span: Span): string {
    return this.text.slice(span.offset, span.offset + span.length);
  }

  /** The 1-based number of the line that holds `offset`. */
  #lineAt(offset: number): number {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }
}

/** The offset of the first unit of each line. */
function lineStartsOf(text: string): number[] {
  const starts = [0];
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit === 10 || (unit === 13 && text.charCodeAt(index + 1) !== 10)) starts.push(index + 1);
  }
  return starts;
}
