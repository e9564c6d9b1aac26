import { EngineLimit } from "../duckdb/engine_limit.ts";
import type { MemoryBudget } from "./memory_budget.ts";

const FIRST_ENTRIES = 1024;
const MOST_ENTRIES = 2 ** 30;

/**
 * Interned 64-bit patterns: each distinct pattern has one id, counted from 0. Mutable typed arrays, since every value of a rule
 * passes here. Patterns are given and read as two 32-bit halves, which costs no BigInt.
 */
export class WordPool {
  readonly #budget: MemoryBudget;
  /** Low half at 2 × id, high half after it: on every platform of Node also the layout of a BigInt64Array and a Float64Array. */
  #words = new Int32Array(2 * FIRST_ENTRIES);
  #signed = new BigInt64Array(this.#words.buffer);
  #unsigned = new BigUint64Array(this.#words.buffer);
  #doubles = new Float64Array(this.#words.buffer);
  /** Open addressing: id + 1, or 0 where free. Twice as many slots as entries. */
  #slots = new Int32Array(2 * FIRST_ENTRIES);
  #mask = 2 * FIRST_ENTRIES - 1;
  #size = 0;

  constructor(budget: MemoryBudget) {
    this.#budget = budget;
    budget.take(this.bytes());
  }

  get size(): number {
    return this.#size;
  }

  /** The id of a pattern, interned where it is new. Errors: `EngineLimit("engine_mb")`. */
  intern(low: number, high: number): number {
    let slot = hashOf(low, high) & this.#mask;
    for (let found = this.#slots[slot] as number; found !== 0; found = this.#slots[slot] as number) {
      if (this.#words[2 * found - 2] === low && this.#words[2 * found - 1] === high) return found - 1;
      slot = (slot + 1) & this.#mask;
    }
    if (2 * this.#size === this.#words.length) {
      this.#grow();
      return this.intern(low, high);
    }
    const id = this.#size++;
    this.#words[2 * id] = low;
    this.#words[2 * id + 1] = high;
    this.#slots[slot] = id + 1;
    return id;
  }

  /** The id of a pattern that is interned, otherwise -1. */
  find(low: number, high: number): number {
    let slot = hashOf(low, high) & this.#mask;
    for (let found = this.#slots[slot] as number; found !== 0; found = this.#slots[slot] as number) {
      if (this.#words[2 * found - 2] === low && this.#words[2 * found - 1] === high) return found - 1;
      slot = (slot + 1) & this.#mask;
    }
    return -1;
  }

  low(id: number): number {
    return this.#words[2 * id] as number;
  }

  high(id: number): number {
    return this.#words[2 * id + 1] as number;
  }

  signed(id: number): bigint {
    return this.#signed[id] as bigint;
  }

  unsigned(id: number): bigint {
    return this.#unsigned[id] as bigint;
  }

  double(id: number): number {
    return this.#doubles[id] as number;
  }

  bytes(): number {
    return this.#words.byteLength + this.#slots.byteLength;
  }

  #grow(): void {
    const entries = this.#words.length;
    if (entries > MOST_ENTRIES) throw new EngineLimit("engine_mb");
    const before = this.bytes();
    this.#budget.take(before);
    const words = new Int32Array(2 * entries);
    words.set(this.#words);
    this.#words = words;
    this.#signed = new BigInt64Array(words.buffer);
    this.#unsigned = new BigUint64Array(words.buffer);
    this.#doubles = new Float64Array(words.buffer);
    this.#mask = 2 * entries - 1;
    const slots = new Int32Array(2 * entries);
    for (let id = 0; id < this.#size; id++) {
      let slot = hashOf(words[2 * id] as number, words[2 * id + 1] as number) & this.#mask;
      while (slots[slot] !== 0) slot = (slot + 1) & this.#mask;
      slots[slot] = id + 1;
    }
    this.#slots = slots;
  }
}

/** The finaliser of MurmurHash3 over both halves. */
function hashOf(low: number, high: number): number {
  let hash = Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
