const VISITS_MAX = 1_000_000;

/**
 * Flatbuffers read with every offset and length checked against the buffer, as apache-arrow does not: a damaged length would make
 * it loop for hours. A broken one throws a `RangeError`. Layout after the FlatBuffers internals page.
 */
export class FlatBuffer {
  readonly #view: DataView;
  #visits = 0;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  root(): FlatTable {
    return this.table(0);
  }

  /** The table that the offset at `at` points to. */
  table(at: number): FlatTable {
    this.#visits += 1;
    if (this.#visits > VISITS_MAX) throw new RangeError("too many tables");
    return new FlatTable(this, this.#view, at + this.#view.getUint32(at, true));
  }
}

/** One table of a flatbuffer. Fields go by their index in the schema; an absent one is null. */
export class FlatTable {
  readonly #buffer: FlatBuffer;
  readonly #view: DataView;
  readonly #at: number;
  readonly #vtable: number;
  readonly #fields: number;

  constructor(buffer: FlatBuffer, view: DataView, at: number) {
    this.#buffer = buffer;
    this.#view = view;
    this.#at = at;
    this.#vtable = at - view.getInt32(at, true);
    const bytes = view.getUint16(this.#vtable, true);
    this.#fields = (bytes - 4) >> 1;
  }

  byte(field: number): number {
    const at = this.#field(field);
    return at === null ? 0 : this.#view.getUint8(at);
  }

  long(field: number): bigint {
    const at = this.#field(field);
    return at === null ? 0n : this.#view.getBigInt64(at, true);
  }

  table(field: number): FlatTable | null {
    const at = this.#field(field);
    return at === null ? null : this.#buffer.table(at);
  }

  /** The tables of a vector of tables. */
  tables(field: number): FlatTable[] {
    return this.#elements(field, 4).map((at) => this.#buffer.table(at));
  }

  /** The 64-bit words of a vector of structs, `words` of them each. */
  structs(field: number, words: number): bigint[][] {
    return this.#elements(field, words * 8).map((at) => Array.from({ length: words }, (_, i) => this.#view.getBigInt64(at + i * 8, true)));
  }

  #elements(field: number, size: number): number[] {
    const at = this.#field(field);
    if (at === null) return [];
    const start = at + this.#view.getUint32(at, true);
    const length = this.#view.getUint32(start, true);
    if (start + 4 + length * size > this.#view.byteLength) throw new RangeError("a vector is longer than its buffer");
    return Array.from({ length }, (_, i) => start + 4 + i * size);
  }

  #field(field: number): number | null {
    if (field >= this.#fields) return null;
    const offset = this.#view.getUint16(this.#vtable + 4 + field * 2, true);
    return offset === 0 ? null : this.#at + offset;
  }
}
