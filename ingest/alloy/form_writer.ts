import { hash } from "node:crypto";

/** A stretch of more characters is copied faster by the platform. */
const LONG = 100;
/** Characters that are escaped at once: room is made for six bytes each. */
const PIECE = 16 * 1024;
const FIRST_BYTES = 64 * 1024;
/** The bytes in which one form after the other is written: a form is done with before the next one begins. */
let shared = Buffer.allocUnsafe(FIRST_BYTES);

/**
 * Writes one form of a document as UTF-8. Hot: it copies character by character into one buffer that all forms share, so only one writer
 * may be in use at a time.
 */
export class FormWriter {
  #length = 0;
  #bytes: Buffer = shared;

  /** Writes a stretch of a text. */
  copy(text: string, from: number, to: number): void {
    if (to - from > LONG) {
      this.#encode(text.slice(from, to));
      return;
    }
    const bytes = this.#room(to - from);
    let length = this.#length;
    for (let at = from; at < to; at += 1) {
      const code = text.charCodeAt(at);
      if (code > 127) {
        this.#length = length;
        this.#encode(text.slice(at, to));
        return;
      }
      bytes[length] = code;
      length += 1;
    }
    this.#length = length;
  }

  /** Writes a stretch of a text as Python's `json` does with `ensure_ascii`: every UTF-16 unit that is not printable ASCII as `\uXXXX`. */
  copyAscii(text: string, from: number, to: number): void {
    for (let start = from; start < to; start += PIECE) this.#copyPiece(text, start, Math.min(to, start + PIECE));
  }

  #copyPiece(text: string, from: number, to: number): void {
    const bytes = this.#room(6 * (to - from));
    let length = this.#length;
    for (let at = from; at < to; at += 1) {
      const code = text.charCodeAt(at);
      if (code < 127) {
        bytes[length] = code;
        length += 1;
      } else {
        length += bytes.write(`\\u${code.toString(16).padStart(4, "0")}`, length, "latin1");
      }
    }
    this.#length = length;
  }

  text(text: string): void {
    this.copy(text, 0, text.length);
  }

  /** Writes one character of ASCII. */
  code(code: number): void {
    this.#room(1)[this.#length] = code;
    this.#length += 1;
  }

  /** Whether it wrote what `text` holds, all of which is ASCII. */
  isSame(text: string): boolean {
    return this.#length === text.length && this.#bytes.toString("latin1", 0, this.#length) === text;
  }

  /** `sha256:` and the SHA-256 of what was written. */
  digest(): string {
    return `sha256:${hash("sha256", this.#bytes.subarray(0, this.#length), "hex")}`;
  }

  toString(): string {
    return this.#bytes.toString("utf8", 0, this.#length);
  }

  #encode(rest: string): void {
    const bytes = this.#room(Buffer.byteLength(rest));
    this.#length += bytes.write(rest, this.#length, "utf8");
  }

  /** The buffer with room for so many more bytes. */
  #room(more: number): Buffer {
    if (this.#length + more <= this.#bytes.length) return this.#bytes;
    const larger = Buffer.allocUnsafe(2 * (this.#length + more));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
    if (larger.length <= SHARED_BYTES_MAX) shared = larger;
    return larger;
  }
}

/** A larger buffer is not kept for the next form. */
const SHARED_BYTES_MAX = 4 * 1024 * 1024;
