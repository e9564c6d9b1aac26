const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const HEAD_BYTES = 1024;

/** One record of a text file as it stands there, its end mark included. */
export interface TextRecord {
  /** All bytes, or null where the record is longer than the bound. */
  readonly bytes: Buffer | null;
  /** The first bytes, at most 1024. */
  readonly head: Buffer;
  /** Length in bytes. */
  readonly length: number;
  /** The line on which the record begins, from 1. */
  readonly line: number;
}

/** Finds where records end. It keeps its state between chunks; one splitter serves one pass over one file. */
export interface RecordSplitter {
  /** The offset just past the end of the record that `chunk` goes on with at `from`, or -1 where it does not end in this chunk. */
  find(chunk: Buffer, from: number): number;
}

/**
 * Cuts a file into records, a batch for each chunk. Records longer than `maxBytes` are not kept in memory. What follows the last
 * end mark is the last record; whether it may end there is the caller's to judge.
 */
export async function* textRecords(
  chunks: AsyncIterable<Buffer>,
  splitter: RecordSplitter,
  maxBytes: number,
): AsyncGenerator<readonly TextRecord[]> {
  const pending = new Pending(maxBytes);
  for await (const chunk of chunks) {
    const batch: TextRecord[] = [];
    let from = 0;
    while (from < chunk.length) {
      const end = splitter.find(chunk, from);
      if (end === -1) break;
      batch.push(pending.finish(chunk.subarray(from, end)));
      from = end;
    }
    if (from < chunk.length) pending.add(chunk.subarray(from));
    if (batch.length > 0) yield batch;
  }
  if (pending.length > 0) yield [pending.finish(Buffer.alloc(0))];
}

/** The part of a record that was read before its end came. */
class Pending {
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  #head: Buffer | null = null;
  #line = 1;
  #newlines = 0;
  #endsInReturn = false;
  length = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.length += bytes.length;
    this.#newlines += newlinesOf(bytes, this.#endsInReturn);
    this.#endsInReturn = bytes[bytes.length - 1] === CARRIAGE_RETURN;
    if (this.#head === null) this.#parts.push(bytes);
    if (this.length <= this.#maxBytes || this.#head !== null) return;
    this.#head = Buffer.concat(this.#parts.map((part) => part.subarray(0, HEAD_BYTES))).subarray(0, HEAD_BYTES);
    this.#parts = [];
  }

  finish(last: Buffer): TextRecord {
    this.add(last);
    const whole = this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts);
    const bytes = this.#head === null ? whole : null;
    const record = { bytes, head: this.#head ?? whole.subarray(0, HEAD_BYTES), length: this.length, line: this.#line };
    this.#line += this.#newlines + (this.#endsInReturn ? 1 : 0);
    this.#parts = [];
    this.#head = null;
    this.#newlines = 0;
    this.#endsInReturn = false;
    this.length = 0;
    return record;
  }
}

/** Line ends in `bytes`: `\n`, `\r\n`, or `\r` alone; a `\r` at the very end is left to the bytes that follow. */
function newlinesOf(bytes: Buffer, afterReturn: boolean): number {
  let count = afterReturn && bytes[0] !== NEWLINE ? 1 : 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) count += 1;
  for (let at = bytes.indexOf(CARRIAGE_RETURN); at !== -1 && at + 1 < bytes.length; at = bytes.indexOf(CARRIAGE_RETURN, at + 1)) {
    if (bytes[at + 1] !== NEWLINE) count += 1;
  }
  return count;
}
