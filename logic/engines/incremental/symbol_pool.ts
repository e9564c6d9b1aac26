import { EngineLimit } from "../duckdb/engine_limit.ts";
import type { MemoryBudget } from "./memory_budget.ts";

const FIRST_ENTRIES = 1024;
const FIRST_BYTES = 16 * 1024;
const MOST_TEXT_BYTES = 2 ** 32 - 1;
const MOST_ENTRIES = 2 ** 30;
/** Up to this length a loop over the characters is faster than a call into the runtime's encoder. */
const LOOP_CHARACTERS = 48;

/**
 * Interned symbols: each distinct text has one id, counted from 0. Texts lie as UTF-8 in one array, outside of the
 * garbage-collected heap, and the order of their bytes is the order by code point. Mutable typed arrays, since every symbol
 * of every fact passes here.
 */
export class SymbolPool {
  readonly #budget: MemoryBudget;
  #text = Buffer.alloc(FIRST_BYTES);
  /** Where each text begins; one entry more than there are texts. */
  #starts = new Uint32Array(FIRST_ENTRIES + 1);
  #hashes = new Int32Array(FIRST_ENTRIES);
  /** Open addressing: id + 1, or 0 where free. Twice as many slots as entries. */
  #slots = new Int32Array(2 * FIRST_ENTRIES);
  #mask = 2 * FIRST_ENTRIES - 1;
  #size = 0;
  /** A text on its way in. */
  #scratch = Buffer.alloc(1024);

  constructor(budget: MemoryBudget) {
    this.#budget = budget;
    budget.take(this.bytes());
  }

  get size(): number {
    return this.#size;
  }

  /** The id of a text, interned where it is new. Errors: `EngineLimit("engine_mb")`. */
  intern(text: string): number {
    const end = this.#write(text);
    return this.internBytes(this.#scratch, 0, end);
  }

  /** The id of a text that is interned, otherwise -1. */
  find(text: string): number {
    const end = this.#write(text);
    const hash = hashOf(this.#scratch, 0, end);
    for (let slot = hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const found = this.#slots[slot] as number;
      if (found === 0) return -1;
      if (this.#hashes[found - 1] === hash && this.#equals(found - 1, this.#scratch, 0, end)) return found - 1;
    }
  }

  /** The id of texts joined. */
  internJoined(ids: readonly number[]): number {
    let end = 0;
    for (const id of ids) end += this.byteLength(id);
    if (end > this.#scratch.length) this.#scratch = Buffer.alloc(2 * end);
    let at = 0;
    for (const id of ids) at += this.#text.copy(this.#scratch, at, this.#starts[id], this.#starts[id + 1]);
    return this.internBytes(this.#scratch, 0, end);
  }

  /** The id of `count` code points of a text from the one at `start` on; what lies outside the text is left out. */
  internSlice(id: number, start: number, count: number): number {
    const end = this.#starts[id + 1] as number;
    const from = this.#skip(this.#starts[id] as number, end, start);
    return this.internBytes(this.#text, from, this.#skip(from, end, count));
  }

  /** Whether the text of `id` holds that of `needle`. */
  contains(id: number, needle: number): boolean {
    const wanted = this.#text.subarray(this.#starts[needle], this.#starts[needle + 1]);
    return wanted.length === 0 || this.#text.subarray(this.#starts[id], this.#starts[id + 1]).includes(wanted);
  }

  /** The UTF-8 of a text, to be read before anything is interned. */
  utf8(id: number): Uint8Array {
    return this.#text.subarray(this.#starts[id], this.#starts[id + 1]);
  }

  /** As `intern`, of the UTF-8 from `start` to `end` in `bytes`. */
  internBytes(bytes: Uint8Array, start: number, end: number): number {
    const hash = hashOf(bytes, start, end);
    let slot = hash & this.#mask;
    for (let found = this.#slots[slot] as number; found !== 0; found = this.#slots[slot] as number) {
      if (this.#hashes[found - 1] === hash && this.#equals(found - 1, bytes, start, end)) return found - 1;
      slot = (slot + 1) & this.#mask;
    }
    if (this.#size === this.#hashes.length) {
      this.#growEntries();
      slot = hash & this.#mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
    }
    return this.#add(hash, slot, bytes, start, end);
  }

  text(id: number): string {
    return this.#text.toString("utf8", this.#starts[id] as number, this.#starts[id + 1] as number);
  }

  /** The length in UTF-8. */
  byteLength(id: number): number {
    return (this.#starts[id + 1] as number) - (this.#starts[id] as number);
  }

  /** The length in code points. */
  codePoints(id: number): number {
    const end = this.#starts[id + 1] as number;
    let count = 0;
    for (let at = this.#starts[id] as number; at < end; at++) if (((this.#text[at] as number) & 0xc0) !== 0x80) count++;
    return count;
  }

  /** The order by code point. */
  compare(a: number, b: number): number {
    if (a === b) return 0;
    const [first, second] = [this.#starts[a] as number, this.#starts[b] as number];
    const [lengthA, lengthB] = [this.byteLength(a), this.byteLength(b)];
    const shared = Math.min(lengthA, lengthB);
    for (let at = 0; at < shared; at++) {
      const difference = (this.#text[first + at] as number) - (this.#text[second + at] as number);
      if (difference !== 0) return difference;
    }
    return lengthA - lengthB;
  }

  bytes(): number {
    return this.#text.byteLength + this.#starts.byteLength + this.#hashes.byteLength + this.#slots.byteLength;
  }

  #add(hash: number, slot: number, bytes: Uint8Array, start: number, end: number): number {
    const at = this.#starts[this.#size] as number;
    const next = at + end - start;
    if (next > this.#text.length) this.#growText(next);
    const text = this.#text;
    if (end - start > LOOP_CHARACTERS) text.set(bytes.subarray(start, end), at);
    else for (let from = start, to = at; from < end; from++, to++) text[to] = bytes[from] as number;
    const id = this.#size++;
    this.#starts[id + 1] = next;
    this.#hashes[id] = hash;
    this.#slots[slot] = id + 1;
    return id;
  }

  /** The position `count` code points after `at`, at most `end`. */
  #skip(at: number, end: number, count: number): number {
    let position = at;
    for (let left = count; left > 0 && position < end; left--) {
      position++;
      while (position < end && ((this.#text[position] as number) & 0xc0) === 0x80) position++;
    }
    return position;
  }

  /** Writes a text into the scratch buffer and returns its length there. */
  #write(text: string): number {
    const { length } = text;
    if (3 * length > this.#scratch.length) this.#scratch = Buffer.alloc(4 * length);
    if (length > LOOP_CHARACTERS) return this.#scratch.write(text, 0);
    const scratch = this.#scratch;
    for (let at = 0; at < length; at++) {
      const code = text.charCodeAt(at);
      if (code >= 0x80) return scratch.write(text, 0);
      scratch[at] = code;
    }
    return length;
  }

  #equals(id: number, bytes: Uint8Array, start: number, end: number): boolean {
    const text = this.#text;
    let at = this.#starts[id] as number;
    if ((this.#starts[id + 1] as number) - at !== end - start) return false;
    for (let from = start; from < end; from++) if (text[at++] !== bytes[from]) return false;
    return true;
  }

  #growText(needed: number): void {
    const length = Math.min(Math.max(needed, Math.ceil(this.#text.length * 1.5)), MOST_TEXT_BYTES);
    if (needed > length) throw new EngineLimit("engine_mb");
    this.#budget.take(length - this.#text.length);
    const text = Buffer.alloc(length);
    text.set(this.#text);
    this.#text = text;
  }

  #growEntries(): void {
    const entries = 2 * this.#hashes.length;
    if (entries > MOST_ENTRIES) throw new EngineLimit("engine_mb");
    this.#budget.take(2 * this.#hashes.byteLength + this.#slots.byteLength);
    const starts = new Uint32Array(entries + 1);
    starts.set(this.#starts);
    this.#starts = starts;
    const hashes = new Int32Array(entries);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
    const slots = new Int32Array(2 * entries);
    this.#mask = 2 * entries - 1;
    for (let id = 0; id < this.#size; id++) {
      let slot = (hashes[id] as number) & this.#mask;
      while (slots[slot] !== 0) slot = (slot + 1) & this.#mask;
      slots[slot] = id + 1;
    }
    this.#slots = slots;
  }
}

/** MurmurHash3 (x86, 32 bits), four bytes a step. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    const four =
      (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24);
    hash = mixed(hash, four);
  }
  let rest = 0;
  for (let shift = 0; at < end; at++, shift += 8) rest |= (bytes[at] as number) << shift;
  hash = mixed(hash, rest);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function mixed(hash: number, four: number): number {
  let word = Math.imul(four, 0xcc9e2d51);
  word = Math.imul((word << 15) | (word >>> 17), 0x1b873593);
  const turned = hash ^ word;
  return (Math.imul((turned << 13) | (turned >>> 19), 5) + 0xe6546b64) | 0;
}
