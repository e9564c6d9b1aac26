import { AssayError } from "../../schema/assay_error.ts";

export type GgufValue = string | number | boolean | readonly GgufValue[];

const STRING = 8;
const ARRAY = 9;
const DEPTH = 4;
/** A vocabulary of today has some 300,000 tokens and as many merges. */
const MOST_ITEMS = 4_000_000;

/** Reads the parts of a GGUF header one behind the other, none past its end. Errors: `model.unreadable`. */
export class GgufCursor {
  readonly #head: Buffer;
  readonly #size: number;
  readonly #path: string;
  #at = 0;
  #isPast = false;

  /** `head` is the beginning of a file of `size` bytes. */
  constructor(head: Buffer, size: number, path: string) {
    this.#head = head;
    this.#size = size;
    this.#path = path;
  }

  get at(): number {
    return this.#at;
  }

  /** Whether it was asked for more than `head` has, though the file has more. */
  get isPast(): boolean {
    return this.#isPast;
  }

  bytes(length: number): Buffer {
    if (this.#at + length > this.#head.length) {
      this.#isPast = this.#head.length < this.#size;
      const isCut = this.#head.length === this.#size;
      return this.#fail(
        isCut ? `the file is cut short: it ends at byte ${this.#size}, within its header` : "the file's header is too long",
      );
    }
    this.#at += length;
    return this.#head.subarray(this.#at - length, this.#at);
  }

  u32(): number {
    return this.bytes(4).readUInt32LE();
  }

  /** A 64-bit count of something of which each takes a byte of the file or more. */
  count(what: string): number {
    const value = this.bytes(8).readBigUInt64LE();
    return value <= BigInt(this.#size) ? Number(value) : this.#fail(`the file says it has ${value} ${what}, more than it has bytes`);
  }

  text(): string {
    return this.bytes(this.count("bytes of text")).toString("utf8");
  }

  value(): GgufValue {
    return this.#valueOf(this.u32(), 0);
  }

  #valueOf(type: number, depth: number): GgufValue {
    if (type === STRING) return this.text();
    if (type !== ARRAY) return this.#scalar(type);
    if (depth >= DEPTH) return this.#fail("lists nest too deeply");
    const inner = this.u32();
    const length = this.count("list items");
    if (length > MOST_ITEMS) return this.#fail(`a list has ${length} items; ${MOST_ITEMS} can be`);
    return Array.from({ length }, () => this.#valueOf(inner, depth + 1));
  }

  #scalar(type: number): GgufValue {
    switch (type) {
      case 0:
        return this.bytes(1).readUInt8();
      case 1:
        return this.bytes(1).readInt8();
      case 2:
        return this.bytes(2).readUInt16LE();
      case 3:
        return this.bytes(2).readInt16LE();
      case 4:
        return this.u32();
      case 5:
        return this.bytes(4).readInt32LE();
      case 6:
        return this.bytes(4).readFloatLE();
      case 7:
        return this.bytes(1).readUInt8() !== 0;
      case 10:
        return Number(this.bytes(8).readBigUInt64LE());
      case 11:
        return Number(this.bytes(8).readBigInt64LE());
      case 12:
        return this.bytes(8).readDoubleLE();
      default:
        return this.#fail(`a value has the unknown type ${type}`);
    }
  }

  #fail(detail: string): never {
    throw new AssayError("model.unreadable", detail, { place: this.#path });
  }
}
