import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { IrOperator, IrTerm } from "../../../../../logic/language/ir.ts";
import type { Value, ValueType } from "../../../../../schema/value.ts";
import { type DuckDbSession, openMemory } from "../../../../../verify/store/duckdb_session.ts";
import { flt, num, op, program, rule, sym, uns } from "../../../../support/ir_builder.ts";
import { violationsOf } from "../../../../support/laws_over.ts";

let session: DuckDbSession;
before(async () => {
  session = await openMemory();
});
after(() => session.close());

const LETTER = { number: "n", symbol: "s", unsigned: "u", float: "f" } as const;
const MAX = 9223372036854775807n;
const MIN = -9223372036854775808n;

/** Evaluates one operation; an undecided answer is given by its code. */
async function evaluate(type: ValueType, operator: IrOperator, ...args: IrTerm[]): Promise<Value | string | undefined> {
  const one = program({ derived: { r: LETTER[type] }, laws: ["r"], rules: [rule("r", [op(operator, type, ...args)])] });
  const found = await violationsOf(session, one, {});
  return typeof found === "string" ? `! ${found}` : found["r"]?.[0]?.[0];
}

const numbers: [IrOperator, bigint[], Value | string][] = [
  ["+", [2n, 3n], 5n],
  ["+", [MAX, 1n], "! evaluation.overflow"],
  ["-", [MIN, 1n], "! evaluation.overflow"],
  ["*", [3037000500n, 3037000500n], "! evaluation.overflow"],
  ["/", [7n, 2n], 3n],
  ["/", [-7n, 2n], -3n],
  ["/", [1n, 0n], "! evaluation.division_by_zero"],
  ["/", [MIN, -1n], "! evaluation.overflow"],
  ["%", [-7n, 3n], -1n],
  ["%", [7n, -3n], 1n],
  ["%", [MIN, -1n], 0n],
  ["%", [1n, 0n], "! evaluation.division_by_zero"],
  ["^", [2n, 62n], 4611686018427387904n],
  ["^", [2n, 63n], "! evaluation.overflow"],
  ["^", [-2n, 63n], MIN],
  ["^", [3n, 39n], 4052555153018976267n],
  ["^", [0n, 0n], 1n],
  ["^", [5n, 0n], 1n],
  ["^", [1n, MAX], 1n],
  ["^", [-1n, MAX], -1n],
  ["^", [0n, MAX], 0n],
  ["^", [2n, -1n], 0n],
  ["^", [-1n, -3n], -1n],
  ["^", [0n, -1n], "! evaluation.division_by_zero"],
  ["neg", [MIN], "! evaluation.overflow"],
  ["neg", [5n], -5n],
  ["abs", [-5n], 5n],
  ["abs", [MIN], "! evaluation.overflow"],
  ["band", [-1n, 6n], 6n],
  ["bor", [-8n, 3n], -5n],
  ["bxor", [5n, -1n], -6n],
  ["bnot", [0n], -1n],
  ["bshl", [1n, 63n], MIN],
  ["bshl", [3n, 63n], MIN],
  ["bshl", [1n, 64n], 1n],
  ["bshl", [1n, -1n], MIN],
  ["bshr", [-8n, 1n], -4n],
  ["bshr", [-8n, 65n], -4n],
  ["bshru", [-1n, 63n], 1n],
  ["bshru", [-1n, 0n], -1n],
  ["land", [2n, 0n], 0n],
  ["lor", [0n, 7n], 1n],
  ["lxor", [3n, 4n], 0n],
  ["lnot", [0n], 1n],
  ["min", [3n, 2n], 2n],
  ["max", [3n, -2n], 3n],
];

test("operators on numbers are exact, and fail where there is no exact value", async () => {
  for (const [operator, args, expected] of numbers) {
    assert.equal(await evaluate("number", operator, ...args.map(num)), expected, `${operator} ${args}`);
  }
});

test("operators on unsigned numbers never go below zero or past 64 bits", async () => {
  const top = 2n ** 64n - 1n;
  const cases: [IrOperator, bigint[], Value | string][] = [
    ["+", [top, 1n], "! evaluation.overflow"],
    ["-", [2n, 3n], "! evaluation.overflow"],
    ["/", [top, 2n], 9223372036854775807n],
    ["%", [top, 10n], 5n],
    ["^", [2n, 63n], 9223372036854775808n],
    ["^", [2n, 64n], "! evaluation.overflow"],
    ["^", [0n, 0n], 1n],
    ["neg", [1n], "! evaluation.overflow"],
    ["neg", [0n], 0n],
    ["bnot", [0n], top],
    ["bshl", [top, 1n], top - 1n],
    ["bshr", [top, 63n], 1n],
    ["bshru", [top, 63n], 1n],
  ];
  for (const [operator, args, expected] of cases) {
    assert.equal(await evaluate("unsigned", operator, ...args.map(uns)), expected, `${operator} ${args}`);
  }
});

test("operators on floats stay finite and have one zero", async () => {
  const cases: [IrOperator, number[], Value | string][] = [
    ["+", [0.1, 0.2], 0.1 + 0.2],
    ["*", [1e308, 10], "! evaluation.overflow"],
    ["/", [1, 0], "! evaluation.division_by_zero"],
    ["/", [1, 3], 1 / 3],
    ["%", [7.5, 2], 1.5],
    ["^", [2, 0.5], Math.SQRT2],
    ["^", [-1, 0.5], "! evaluation.overflow"],
    ["min", [1, -1], -1],
  ];
  for (const [operator, args, expected] of cases) {
    assert.equal(await evaluate("float", operator, ...args.map(flt)), expected, `${operator} ${args}`);
  }
  assert.ok(Object.is(await evaluate("float", "neg", flt(0)), 0));
  assert.ok(Object.is(await evaluate("float", "*", flt(0), flt(-1)), 0));
});

test("string functors count code points and follow C++ at the edges", async () => {
  assert.equal(await evaluate("symbol", "cat", sym("a'b"), sym(""), sym('"é')), "a'b\"é");
  assert.equal(await evaluate("number", "strlen", sym("é👍x")), 3n);
  const cuts: [string, number, number, string][] = [
    ["héllo", 1, 3, "éll"],
    ["abc", 0, 99, "abc"],
    ["abc", 3, 1, ""],
    ["abc", 4, 1, ""],
    ["abc", -1, 2, ""],
    ["abc", 1, -1, "bc"],
    ["abc", 1, 0, ""],
  ];
  for (const [text, start, count, expected] of cuts) {
    assert.equal(await evaluate("symbol", "substr", sym(text), num(start), num(count)), expected, `${text} ${start} ${count}`);
  }
  assert.equal(await evaluate("symbol", "min", sym("Z"), sym("a")), "Z");
  assert.equal(await evaluate("symbol", "max", sym("z"), sym("é")), "é");
});

test("ord is the same number for the same symbol everywhere", async () => {
  // The upper 63 bits of the second half of the MD5 digest, read as a little-endian number.
  assert.equal(await evaluate("number", "ord", sym("a")), 3500206983725506968n);
});

test("conversions admit what has a counterpart and nothing else", async () => {
  const numberTexts: [string, Value | string][] = [
    ["42", 42n],
    ["-7", -7n],
    ["+5", 5n],
    ["9223372036854775808", "! evaluation.conversion"],
    ["1e3", "! evaluation.conversion"],
    ["1.5", "! evaluation.conversion"],
    ["", "! evaluation.conversion"],
    [" 1", "! evaluation.conversion"],
  ];
  for (const [text, expected] of numberTexts) assert.equal(await evaluate("number", "to_number", sym(text)), expected, text);
  assert.equal(await evaluate("number", "to_number", flt(-1.9)), -1n);
  assert.equal(await evaluate("number", "to_number", flt(2 ** 63)), "! evaluation.conversion");
  assert.equal(await evaluate("number", "to_number", uns(2n ** 63n)), "! evaluation.conversion");
  assert.equal(await evaluate("unsigned", "to_unsigned", num(-1)), "! evaluation.conversion");
  assert.equal(await evaluate("unsigned", "to_unsigned", sym("18446744073709551615")), 18446744073709551615n);
  assert.equal(await evaluate("float", "to_float", sym("1e400")), "! evaluation.conversion");
  assert.equal(await evaluate("float", "to_float", sym("nan")), "! evaluation.conversion");
  assert.equal(await evaluate("float", "to_float", sym("2.5e1")), 25);
  assert.equal(await evaluate("float", "to_float", num(3)), 3);
});

test("numbers print as they are and floats with six decimals", async () => {
  assert.equal(await evaluate("symbol", "to_string", num(MIN)), "-9223372036854775808");
  assert.equal(await evaluate("symbol", "to_string", flt(1.5)), "1.500000");
  assert.equal(await evaluate("symbol", "to_string", flt(-0.25)), "-0.250000");
  assert.equal(await evaluate("symbol", "to_string", flt(1e20)), "100000000000000000000.000000");
  assert.equal(await evaluate("symbol", "to_string", flt(1e38)), "! evaluation.conversion");
});
