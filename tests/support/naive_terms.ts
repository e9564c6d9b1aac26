import { createHash } from "node:crypto";
import type { IrComparison, IrOperation, IrTerm } from "../../logic/language/ir.ts";
import { elementAt, quoteElement, structureText, unquoteElement } from "../../logic/language/structure_text.ts";
import { NUMBER_MAX, NUMBER_MIN, UNSIGNED_MAX, type Value, type ValueType } from "../../schema/value.ts";

/** A term that has no value, with the name of the evaluation error. */
export class Failed {
  readonly code: string;
  constructor(code: string) {
    this.code = code;
  }
}

/** The bound on symbols that programs build; a run compared with this one needs the same. */
export const NAIVE_SYMBOL_BYTES = 10_000;

export type Bindings = ReadonlyMap<string, Value | Failed>;

/** The value of a term, from the documented meaning of each operator; written to be obviously right, not fast. */
export function termValue(term: IrTerm, bindings: Bindings): Value | Failed {
  if (term.kind === "constant") return term.value;
  if (term.kind === "variable") {
    const value = bindings.get(term.name);
    if (value === undefined) throw new Error(`unbound ${term.name}`);
    return value;
  }
  const args = term.args.map((argument) => termValue(argument, bindings));
  const failed = args.find((argument) => argument instanceof Failed);
  if (failed instanceof Failed) return failed;
  return operate(term, args as Value[]);
}

function operate(term: IrOperation, args: readonly Value[]): Value | Failed {
  const from = term.args[0]?.type ?? term.type;
  if (term.op === "quote") return quoteElement(args[0] ?? "", from);
  if (term.op === "record") return joined(structureText(args as string[]));
  if (term.op === "field") return elementAt(String(args[0]), Number(args[1]));
  if (term.op === "unquote") return unquoteElement(String(args[0]), term.type);
  if (from === "symbol") return onSymbols(term, args);
  if (term.op === "to_string") return from === "float" ? floatText(Number(args[0])) : String(args[0]);
  if (term.op.startsWith("to_")) return convert(args[0] as bigint | number, term.type);
  if (from === "float") return onFloats(term, args as number[]);
  return fit(onIntegers(term, args as bigint[]), term.type);
}

function joined(text: string): string | Failed {
  return Buffer.byteLength(text) > NAIVE_SYMBOL_BYTES ? new Failed("symbol_bytes") : text;
}

/** C's `%f`: six digits of the exact value, ties to even. */
function floatText(value: number): string | Failed {
  if (Math.abs(value) >= 1e38) return new Failed("conversion");
  let whole = Math.abs(value);
  let denominator = 1n;
  for (; !Number.isInteger(whole); whole *= 2) denominator *= 2n;
  const numerator = BigInt(whole) * 1_000_000n;
  const below = numerator / denominator;
  const twice = 2n * (numerator % denominator);
  const digits = String(twice > denominator || (twice === denominator && below % 2n === 1n) ? below + 1n : below).padStart(7, "0");
  return `${value < 0 ? "-" : ""}${digits.slice(0, -6)}.${digits.slice(-6)}`;
}

function fit(value: bigint | Failed, type: ValueType): bigint | Failed {
  if (value instanceof Failed) return value;
  const [least, most] = type === "unsigned" ? [0n, UNSIGNED_MAX] : [NUMBER_MIN, NUMBER_MAX];
  return value < least || value > most ? new Failed("overflow") : value;
}

function onIntegers(term: IrOperation, [a = 0n, b = 0n, ...rest]: readonly bigint[]): bigint | Failed {
  const signed = term.type === "number";
  const pattern = BigInt.asUintN(64, a);
  const back = (value: bigint): bigint => (signed ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value));
  const flag = (value: boolean): bigint => (value ? 1n : 0n);
  switch (term.op) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return b === 0n ? new Failed("division_by_zero") : a / b;
    case "%":
      return b === 0n ? new Failed("division_by_zero") : a % b;
    case "^":
      return power(a, b);
    case "neg":
      return -a;
    case "abs":
      return a < 0n ? -a : a;
    case "band":
      return back(pattern & BigInt.asUintN(64, b));
    case "bor":
      return back(pattern | BigInt.asUintN(64, b));
    case "bxor":
      return back(pattern ^ BigInt.asUintN(64, b));
    case "bnot":
      return back(~pattern);
    case "bshl":
      return back(pattern << (b & 63n));
    case "bshr":
      return a >> (b & 63n);
    case "bshru":
      return back(pattern >> (b & 63n));
    case "land":
      return flag(a !== 0n && b !== 0n);
    case "lor":
      return flag(a !== 0n || b !== 0n);
    case "lxor":
      return flag((a !== 0n) !== (b !== 0n));
    case "lnot":
      return flag(a === 0n);
    case "min":
      return [b, ...rest].reduce((least, value) => (value < least ? value : least), a);
    case "max":
      return [b, ...rest].reduce((most, value) => (value > most ? value : most), a);
    default:
      throw new Error(`${term.op} on integers`);
  }
}

function power(base: bigint, exponent: bigint): bigint | Failed {
  if (exponent >= 0n)
    return base >= -1n && base <= 1n
      ? base ** (exponent === 0n ? 0n : 2n - (exponent % 2n))
      : exponent > 64n
        ? 2n ** 70n
        : base ** exponent;
  if (base === 0n) return new Failed("division_by_zero");
  if (base === 1n) return 1n;
  if (base === -1n) return exponent % 2n === 0n ? 1n : -1n;
  return 0n;
}

function onFloats(term: IrOperation, args: readonly number[]): Value | Failed {
  const [a = 0, b = 0] = args;
  const finite = (value: number): number | Failed => (Number.isFinite(value) ? value + 0 : new Failed("overflow"));
  switch (term.op) {
    case "+":
      return finite(a + b);
    case "-":
      return finite(a - b);
    case "*":
      return finite(a * b);
    case "/":
      return b === 0 ? new Failed("division_by_zero") : finite(a / b);
    case "%":
      return b === 0 ? new Failed("division_by_zero") : finite(a % b);
    case "neg":
      return 0 - a;
    case "abs":
      return Math.abs(a);
    case "min":
      return Math.min(...args);
    case "max":
      return Math.max(...args);
    default:
      throw new Error(`${term.op} on floats`);
  }
}

function onSymbols(term: IrOperation, args: readonly Value[]): Value | Failed {
  const [text = "", start = 0n, count = 0n] = args as [string, bigint, bigint];
  switch (term.op) {
    case "cat": {
      const joined = args.join("");
      return Buffer.byteLength(joined) > NAIVE_SYMBOL_BYTES ? new Failed("symbol_bytes") : joined;
    }
    case "strlen":
      return BigInt([...text].length);
    case "substr": {
      const points = [...text];
      if (start < 0n || start > BigInt(points.length)) return "";
      return points.slice(Number(start), count < 0n ? undefined : Number(start + count)).join("");
    }
    case "ord":
      return createHash("md5").update(text).digest().readBigUInt64LE(8) >> 1n;
    case "min":
      return (args as string[]).reduce((least, value) => (compareValues(value, least) < 0 ? value : least));
    case "max":
      return (args as string[]).reduce((most, value) => (compareValues(value, most) > 0 ? value : most));
    case "to_number":
      return /^[+-]?[0-9]+$/.test(text) ? asConversion(fit(BigInt(text.replace("+", "")), "number")) : new Failed("conversion");
    case "to_unsigned":
      return /^[+]?[0-9]+$/.test(text) ? asConversion(fit(BigInt(text.replace("+", "")), "unsigned")) : new Failed("conversion");
    case "to_float":
      return /^[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?$/.test(text) && Number.isFinite(Number(text))
        ? Number(text)
        : new Failed("conversion");
    case "to_string":
      return text;
    default:
      throw new Error(`${term.op} on symbols`);
  }
}

function convert(value: bigint | number, to: ValueType): Value | Failed {
  if (to === "float") return Number(value);
  return asConversion(fit(BigInt(typeof value === "number" ? Math.trunc(value) : value), to));
}

function asConversion(value: bigint | Failed): bigint | Failed {
  return value instanceof Failed ? new Failed("conversion") : value;
}

/** Order of values of one type: symbols by code point. */
export function compareValues(a: Value, b: Value): number {
  if (typeof a === "string" && typeof b === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

export function comparisonHolds(op: IrComparison["op"], a: Value, b: Value): boolean {
  const order = compareValues(a, b);
  switch (op) {
    case "=":
      return order === 0;
    case "!=":
      return order !== 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
  }
}
