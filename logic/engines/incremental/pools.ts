import { limits } from "../../../schema/limits.ts";
import { unreachable } from "../../../schema/unreachable.ts";
import type { Value, ValueType } from "../../../schema/value.ts";
import { MemoryBudget } from "./memory_budget.ts";
import { SymbolPool } from "./symbol_pool.ts";
import { WordPool } from "./word_pool.ts";

/** Integers from -2^30 (unsigned: from 0) below this stand for themselves; cells from here on are 2^30 + an id. */
export const INLINE_END = 2 ** 30;
const INLINE_START = -INLINE_END;
const TWO_32 = 2 ** 32;

/**
 * Values as cells: one int32 a value, equal where and only where the values of one type are equal. Symbols and floats are ids;
 * integers stand for themselves within 30 bits and are 2^30 + an id beyond. Pools only grow: values that no fact holds any
 * more stay until the engine is loaded anew. Every method that interns can throw `EngineLimit("engine_mb")`.
 */
export class Pools {
  readonly budget: MemoryBudget;
  readonly symbols: SymbolPool;
  readonly numbers: WordPool;
  readonly unsigneds: WordPool;
  readonly floats: WordPool;

  constructor(budget: MemoryBudget = new MemoryBudget(limits.engine_mb.value)) {
    this.budget = budget;
    this.symbols = new SymbolPool(budget);
    this.numbers = new WordPool(budget);
    this.unsigneds = new WordPool(budget);
    this.floats = new WordPool(budget);
  }

  /** The cell of a value, interned where it is new. The value must have the type. */
  encode(value: Value, type: ValueType): number {
    switch (type) {
      case "symbol":
        return this.symbols.intern(value as string);
      case "number":
        return this.numberCell(value as bigint);
      case "unsigned":
        return this.unsignedCell(value as bigint);
      case "float":
        return this.floatCell(value as number);
      default:
        return unreachable(type);
    }
  }

  /** The cell of a value, or null where no fact and no rule ever held it. */
  find(value: Value, type: ValueType): number | null {
    switch (type) {
      case "symbol":
        return known(this.symbols.find(value as string), 0);
      case "number": {
        const number = value as bigint;
        if (number >= BigInt(INLINE_START) && number < BigInt(INLINE_END)) return Number(number);
        return known(this.numbers.find(lowOf(number), highOf(number)), INLINE_END);
      }
      case "unsigned": {
        const number = value as bigint;
        if (number < BigInt(INLINE_END)) return Number(number);
        return known(this.unsigneds.find(lowOf(number), highOf(number)), INLINE_END);
      }
      case "float":
        doubleView[0] = (value as number) + 0;
        return known(this.floats.find(wordView[0] as number, wordView[1] as number), 0);
      default:
        return unreachable(type);
    }
  }

  decode(cell: number, type: ValueType): Value {
    switch (type) {
      case "symbol":
        return this.symbols.text(cell);
      case "number":
        return this.numberValue(cell);
      case "unsigned":
        return this.unsignedValue(cell);
      case "float":
        return this.floats.double(cell);
      default:
        return unreachable(type);
    }
  }

  /** The order of two values of one type: symbols by code point, all others by value. Negative, 0 or positive. */
  compare(a: number, b: number, type: ValueType): number {
    switch (type) {
      case "symbol":
        return this.symbols.compare(a, b);
      case "number":
        return this.compareNumbers(a, b);
      case "unsigned":
        return this.compareUnsigneds(a, b);
      case "float":
        return this.floats.double(a) - this.floats.double(b) || 0;
      default:
        return unreachable(type);
    }
  }

  symbolCell(text: string): number {
    return this.symbols.intern(text);
  }

  symbolText(cell: number): string {
    return this.symbols.text(cell);
  }

  numberCell(value: bigint): number {
    return this.numberCellOfHalves(lowOf(value), highOf(value));
  }

  /** The cell of a whole number of at most 53 bits. */
  numberCellOf(value: number): number {
    if (value >= INLINE_START && value < INLINE_END) return value | 0;
    return this.numbers.intern(value | 0, Math.floor(value / TWO_32) | 0) + INLINE_END;
  }

  numberCellOfHalves(low: number, high: number): number {
    if (high === low >> 31 && low >= INLINE_START && low < INLINE_END) return low;
    return this.numbers.intern(low, high) + INLINE_END;
  }

  numberValue(cell: number): bigint {
    return cell < INLINE_END ? BigInt(cell) : this.numbers.signed(cell - INLINE_END);
  }

  /** The value as a double: exact within 53 bits, otherwise rounded. */
  numberApproximate(cell: number): number {
    if (cell < INLINE_END) return cell;
    const id = cell - INLINE_END;
    return this.numbers.high(id) * TWO_32 + (this.numbers.low(id) >>> 0);
  }

  /** The low 32 bits of the value's pattern of 64, as an int32. */
  numberLow(cell: number): number {
    return cell < INLINE_END ? cell : this.numbers.low(cell - INLINE_END);
  }

  numberHigh(cell: number): number {
    return cell < INLINE_END ? cell >> 31 : this.numbers.high(cell - INLINE_END);
  }

  unsignedCell(value: bigint): number {
    return this.unsignedCellOfHalves(lowOf(value), highOf(value));
  }

  /** The cell of a whole number of at most 53 bits, not negative. */
  unsignedCellOf(value: number): number {
    if (value < INLINE_END) return value | 0;
    return this.unsigneds.intern(value | 0, Math.floor(value / TWO_32) | 0) + INLINE_END;
  }

  unsignedCellOfHalves(low: number, high: number): number {
    if (high === 0 && low >= 0 && low < INLINE_END) return low;
    return this.unsigneds.intern(low, high) + INLINE_END;
  }

  unsignedValue(cell: number): bigint {
    return cell < INLINE_END ? BigInt(cell) : this.unsigneds.unsigned(cell - INLINE_END);
  }

  /** The value as a double: exact within 53 bits, otherwise rounded. */
  unsignedApproximate(cell: number): number {
    if (cell < INLINE_END) return cell;
    const id = cell - INLINE_END;
    return (this.unsigneds.high(id) >>> 0) * TWO_32 + (this.unsigneds.low(id) >>> 0);
  }

  unsignedLow(cell: number): number {
    return cell < INLINE_END ? cell : this.unsigneds.low(cell - INLINE_END);
  }

  unsignedHigh(cell: number): number {
    return cell < INLINE_END ? 0 : this.unsigneds.high(cell - INLINE_END);
  }

  /** The value must be finite. */
  floatCell(value: number): number {
    doubleView[0] = value + 0;
    return this.floats.intern(wordView[0] as number, wordView[1] as number);
  }

  floatValue(cell: number): number {
    return this.floats.double(cell);
  }

  compareNumbers(a: number, b: number): number {
    if (a < INLINE_END && b < INLINE_END) return a - b;
    if (a === b) return 0;
    const difference = this.numberHigh(a) - this.numberHigh(b);
    return difference !== 0 ? difference : (this.numberLow(a) >>> 0) - (this.numberLow(b) >>> 0);
  }

  compareUnsigneds(a: number, b: number): number {
    if (a < INLINE_END || b < INLINE_END || a === b) return a - b;
    const [first, second] = [a - INLINE_END, b - INLINE_END];
    const difference = (this.unsigneds.high(first) >>> 0) - (this.unsigneds.high(second) >>> 0);
    return difference !== 0 ? difference : (this.unsigneds.low(first) >>> 0) - (this.unsigneds.low(second) >>> 0);
  }

  bytes(): number {
    return this.symbols.bytes() + this.numbers.bytes() + this.unsigneds.bytes() + this.floats.bytes();
  }
}

const doubleView = new Float64Array(1);
const wordView = new Int32Array(doubleView.buffer);
const signedView = new BigInt64Array(doubleView.buffer);

function lowOf(value: bigint): number {
  signedView[0] = value;
  return wordView[0] as number;
}

function highOf(value: bigint): number {
  signedView[0] = value;
  return wordView[1] as number;
}

function known(id: number, offset: number): number | null {
  return id < 0 ? null : id + offset;
}
