const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const QUOTE = 34;

/**
 * Whether a CSV text quotes strictly by RFC 4180 and holds no NUL: a quote opens a field at its very first byte, is doubled inside
 * it, and closes it at its very last. Only then do all readers mean the same by it. Counts of fields are not looked at.
 */
export async function isRegularCsv(chunks: AsyncIterable<Buffer>, delimiter: string): Promise<boolean> {
  const scan = new QuoteScan(delimiter.charCodeAt(0));
  for await (const chunk of chunks) if (chunk.includes(0) || !scan.accepts(chunk)) return false;
  return scan.closed;
}

class QuoteScan {
  readonly #delimiter: number;
  #inside = false;
  /** A quote inside a quoted field was the last byte: it closes the field or is the first half of a doubled one. */
  #undecided = false;
  #before = NEWLINE;

  constructor(delimiter: number) {
    this.#delimiter = delimiter;
  }

  get closed(): boolean {
    return !this.#inside || this.#undecided;
  }

  accepts(chunk: Buffer): boolean {
    let at = 0;
    if (this.#undecided && chunk.length > 0) {
      const end = this.#behindQuote(chunk, 0);
      if (end === -1) return false;
      at = end;
    }
    for (at = chunk.indexOf(QUOTE, at); at !== -1; at = chunk.indexOf(QUOTE, at)) {
      if (!this.#inside && !this.#isEdge(at === 0 ? this.#before : (chunk[at - 1] as number))) return false;
      if (!this.#inside) {
        this.#inside = true;
        at += 1;
      } else if (at + 1 === chunk.length) {
        this.#undecided = true;
        break;
      } else {
        const end = this.#behindQuote(chunk, at + 1);
        if (end === -1) return false;
        at = end;
      }
    }
    if (chunk.length > 0) this.#before = chunk[chunk.length - 1] as number;
    return true;
  }

  /** Decides the quote before `at` and returns where to go on, or -1 where text stands behind a closing quote. */
  #behindQuote(chunk: Buffer, at: number): number {
    this.#undecided = false;
    if (chunk[at] === QUOTE) return at + 1;
    this.#inside = false;
    return this.#isEdge(chunk[at] as number) ? at : -1;
  }

  #isEdge(byte: number): boolean {
    return byte === this.#delimiter || byte === NEWLINE || byte === CARRIAGE_RETURN;
  }
}
