const FIRST_BYTES = 65_536;
/** Up to here a loop is quicker than the call that copies at once. */
const LOOP_BYTES = 24;

/** Bytes one behind the other, in memory that grows. */
export class TextBuffer {
  #bytes: Uint8Array = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #end = 0;

  get end(): number {
    return this.#end;
  }

  /** Takes the bytes from `start` to `end` of `source`. */
  add(source: Uint8Array, start: number, end: number): void {
    const length = end - start;
    let to = this.#end;
    if (to + length > this.#bytes.length) this.#grow(to + length);
    const target = this.#bytes;
    this.#end = to + length;
    if (length > LOOP_BYTES) target.set(source.subarray(start, end), to);
    else for (let from = start; from < end; from += 1) target[to++] = source[from] as number;
  }

  addByte(byte: number): void {
    if (this.#end === this.#bytes.length) this.#grow(this.#end + 1);
    this.#bytes[this.#end++] = byte;
  }

  /** Takes a text as UTF-8. */
  addText(text: string): void {
    const bytes = Buffer.from(text);
    this.add(bytes, 0, bytes.length);
  }

  /** All bytes so far, in the memory they lie in. */
  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#end);
  }

  /** Empties it; what `bytes` gave is written over. */
  clear(): void {
    this.#end = 0;
  }

  #grow(least: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(2 * this.#bytes.length, least));
    grown.set(this.bytes());
    this.#bytes = grown;
  }
}
