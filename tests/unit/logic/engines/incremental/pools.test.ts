import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { EngineLimit } from "../../../../../logic/engines/duckdb/engine_limit.ts";
import { encodeColumn, type ValueColumn } from "../../../../../logic/engines/incremental/encode_column.ts";
import { MemoryBudget } from "../../../../../logic/engines/incremental/memory_budget.ts";
import { Pools } from "../../../../../logic/engines/incremental/pools.ts";
import { NUMBER_MAX, NUMBER_MIN, UNSIGNED_MAX, type Value, type ValueType } from "../../../../../schema/value.ts";
import { compareValues } from "../../../../support/naive_terms.ts";

const EDGES = [0n, 1n, 2n ** 30n - 1n, 2n ** 30n, 2n ** 30n + 1n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n, 2n ** 53n - 1n, 2n ** 53n + 1n];
const numbers = [...EDGES, ...EDGES.map((value) => -value), NUMBER_MIN, NUMBER_MIN + 1n, NUMBER_MAX, NUMBER_MAX - 1n];
const unsigneds = [...EDGES, NUMBER_MAX, NUMBER_MAX + 1n, UNSIGNED_MAX, UNSIGNED_MAX - 1n];
const floats = [0, 1, -1, 0.1, 5e-324, -5e-324, 1.7976931348623157e308, -1e308, 2 ** 53];
const texts = ["", "a", "ab", "b", "é", "\u{ffff}", "\u{10000}", "👍", "z".repeat(47), "z".repeat(48), "z".repeat(49), "é".repeat(400)];

const arbitrary: Readonly<Record<ValueType, fc.Arbitrary<Value>>> = {
  symbol: fc.oneof(fc.constantFrom(...texts), fc.string({ unit: "binary", maxLength: 60 })),
  number: fc.oneof(fc.constantFrom(...numbers), fc.bigInt(NUMBER_MIN, NUMBER_MAX), fc.bigInt(-5n, 5n)),
  unsigned: fc.oneof(fc.constantFrom(...unsigneds), fc.bigInt(0n, UNSIGNED_MAX)),
  float: fc.oneof(fc.constantFrom(...floats), fc.double({ noNaN: true, noDefaultInfinity: true })),
};
const same = (a: Value, b: Value): boolean => compareValues(a, b) === 0;

for (const type of ["symbol", "number", "unsigned", "float"] as const) {
  test(`cells of ${type} mean their values, are equal with them and ordered as they are`, () => {
    const pools = new Pools();
    const check = ([a, b]: [Value, Value]): void => {
      const [first, second] = [pools.encode(a, type), pools.encode(b, type)];
      assert.ok(Number.isInteger(first) && first === (first | 0));
      assert.ok(same(pools.decode(first, type), a));
      assert.equal(first === second, same(a, b));
      assert.equal(pools.find(a, type), first);
      assert.equal(Math.sign(pools.compare(first, second, type)), Math.sign(compareValues(a, b)));
    };
    fc.assert(fc.property(fc.tuple(arbitrary[type], arbitrary[type]), check), { numRuns: 3000 });
  });
}

test("a value that was never interned is not found", () => {
  const pools = new Pools();
  assert.equal(pools.find("absent", "symbol"), null);
  assert.equal(pools.find(2n ** 40n, "number"), null);
  assert.equal(pools.find(2n ** 40n, "unsigned"), null);
  assert.equal(pools.find(0.25, "float"), null);
  assert.equal(pools.find(7n, "number"), 7);
});

test("the two zeros of floats are one cell and none is negative", () => {
  const pools = new Pools();
  assert.equal(pools.floatCell(-0), pools.floatCell(0));
  assert.ok(Object.is(pools.floatValue(pools.floatCell(-0)), 0));
  const cells = new Int32Array(2);
  encodeColumn(pools, { kind: "float", values: new Float64Array([-0, 0]) }, cells);
  assert.deepEqual([...cells], [0, 0]);
});

test("whole numbers as doubles give the cells of their exact values", () => {
  const pools = new Pools();
  const checkNumber = (value: number): void => {
    const cell = pools.numberCellOf(value);
    assert.equal(cell, pools.numberCell(BigInt(value)));
    assert.equal(pools.numberApproximate(cell), value + 0);
    if (value >= 0) assert.equal(pools.unsignedApproximate(pools.unsignedCellOf(value)), value + 0);
    if (value >= 0) assert.equal(pools.unsignedCellOf(value), pools.unsignedCell(BigInt(value)));
  };
  fc.assert(fc.property(fc.maxSafeInteger(), checkNumber));
  for (const value of [...numbers].map(Number).filter(Number.isSafeInteger)) checkNumber(value);
});

test("columns encode as their values do", () => {
  const pools = new Pools();
  const cellsOf = (values: readonly Value[], type: ValueType): number[] => values.map((value) => pools.encode(value, type));
  const encoded = (column: ValueColumn, rows: number): number[] => {
    const cells = new Int32Array(rows);
    encodeColumn(pools, column, cells);
    return [...cells];
  };
  const check = (column: ValueColumn, type: ValueType, values: readonly Value[]): void => {
    assert.deepEqual(encoded(column, values.length), cellsOf(values, type));
  };
  check({ kind: "number", values: new BigInt64Array(numbers) }, "number", numbers);
  check({ kind: "unsigned", values: new BigUint64Array(unsigneds) }, "unsigned", unsigneds);
  check({ kind: "float", values: new Float64Array(floats) }, "float", floats);
  check({ kind: "texts", values: texts }, "symbol", texts);
});

test("pools keep what they hold as they grow", () => {
  const pools = new Pools();
  const count = 100_000;
  for (let at = 0; at < count; at++) {
    assert.equal(pools.symbolCell(`symbol ${at}`), at);
    pools.numberCell(BigInt(at) << 40n);
  }
  for (let at = 0; at < count; at += 97) {
    assert.equal(pools.symbolText(at), `symbol ${at}`);
    assert.equal(pools.find(`symbol ${at}`, "symbol"), at);
    assert.equal(pools.numberValue(pools.numberCell(BigInt(at) << 40n)), BigInt(at) << 40n);
  }
  assert.equal(pools.bytes(), pools.budget.used_bytes);
});

test("a pool past its bound says so and keeps what it holds", () => {
  const pools = new Pools(new MemoryBudget(1));
  let interned = 0;
  const intern = (): void => {
    for (;;) pools.symbolCell(`a symbol of some length ${interned++}`);
  };
  assert.throws(intern, (error) => error instanceof EngineLimit && error.limit === "engine_mb");
  assert.equal(pools.symbolText(0), "a symbol of some length 0");
  assert.equal(pools.bytes(), pools.budget.used_bytes);
});
