import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { columnSql, termSql } from "../../logic/engines/duckdb/expression.ts";
import { failureCode } from "../../logic/engines/duckdb/select.ts";
import { failureName, isFailure } from "../../logic/engines/incremental/operators/failure.ts";
import { operatorOf } from "../../logic/engines/incremental/operators/operator_of.ts";
import { Runtime } from "../../logic/engines/incremental/operators/runtime.ts";
import { Pools } from "../../logic/engines/incremental/pools.ts";
import type { IrOperation, IrOperator, IrTerm } from "../../logic/language/ir.ts";
import { limitsWith } from "../../schema/limits.ts";
import { sqlType } from "../../schema/sql_session.ts";
import { NUMBER_MAX, NUMBER_MIN, type Row, UNSIGNED_MAX, type Value, type ValueType } from "../../schema/value.ts";
import { type DuckDbSession, openMemory } from "../../verify/store/duckdb_session.ts";
import { num, op, sym } from "../support/ir_builder.ts";
import { Failed, NAIVE_SYMBOL_BYTES, termValue } from "../support/naive_terms.ts";

const POWERS = [30n, 31n, 32n, 53n, 62n, 63n].map((bits) => 2n ** bits);
const NEAR = [
  0n,
  1n,
  2n,
  3n,
  5n,
  31n,
  32n,
  33n,
  63n,
  64n,
  65n,
  1000n,
  10n ** 9n,
  3037000500n,
  ...POWERS.flatMap((p) => [p - 1n, p, p + 1n]),
];
const VALUES: Readonly<Record<ValueType, readonly Value[]>> = {
  number: [...new Set([...NEAR, ...NEAR.map((value) => -value), NUMBER_MAX, NUMBER_MIN])].filter((v) => v >= NUMBER_MIN && v <= NUMBER_MAX),
  unsigned: [...NEAR, UNSIGNED_MAX, UNSIGNED_MAX - 1n],
  float: [
    0,
    1,
    -1,
    2,
    0.5,
    -0.5,
    0.1,
    1 / 128,
    -3 / 128,
    1e-9,
    -1e-9,
    1e15,
    1e15 - 0.125,
    123456789.0625,
    1e22,
    1e37,
    -1e38,
    9.9e37,
    1e300,
    -1e308,
    1.7976931348623157e308,
    5e-324,
    2 ** 53,
    2 ** 63,
    -(2 ** 63),
    2 ** 63 - 1024,
    2 ** 64,
    1e15 + 0.5,
    1e15 + 1.5,
    2e15 + 0.25,
    -(4e15 + 0.5),
    5 / 128,
    3.7,
    -3.7,
  ],
  symbol: [
    "",
    "a",
    "ab",
    "abc",
    "é👍z",
    "👍",
    "12",
    "+12",
    "-0",
    "-12",
    " 12",
    "12 ",
    "1e3",
    "1.5",
    ".5",
    "5.",
    ".",
    "1e400",
    "1e-400",
    "4.9e-324",
    "inf",
    "nan",
    "0x10",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "18446744073709551615",
    "18446744073709551616",
    "00000000000000000000000012",
    "+",
    "-",
    "1_000",
    "٣",
    "a\nb",
    "\u{ffff}",
    "\u{10000}",
    "x".repeat(600),
    "é".repeat(5000),
  ],
};

type Overload = readonly [op: IrOperator, result: ValueType, ...operands: ValueType[]];
const INTEGER = ["number", "unsigned"] as const;
const uniform = (ops: readonly IrOperator[], types: readonly ValueType[], operands: number): Overload[] =>
  ops.flatMap((name) => types.map((type): Overload => [name, type, ...Array.from({ length: operands }, () => type)]));
const CONVERSIONS = (["to_number", "to_unsigned", "to_float", "to_string"] as const).flatMap((name) => {
  const to = name === "to_string" ? "symbol" : (name.slice(3) as ValueType);
  return (["symbol", "number", "unsigned", "float"] as const).map((from): Overload => [name, to, from]);
});
const OVERLOADS: readonly Overload[] = [
  ...uniform(["+", "-", "*", "/", "%"], ["number", "unsigned", "float"], 2),
  ...uniform(["^", "band", "bor", "bxor", "bshl", "bshr", "bshru", "land", "lor", "lxor"], INTEGER, 2),
  ...uniform(["bnot", "lnot"], INTEGER, 1),
  ...uniform(["neg", "abs"], ["number", "float"], 1),
  ...uniform(["min", "max"], ["symbol", "number", "unsigned", "float"], 2),
  ...uniform(["min", "max"], ["number"], 3),
  ...uniform(["cat"], ["symbol"], 2),
  ...CONVERSIONS,
  ["strlen", "number", "symbol"],
  ["ord", "number", "symbol"],
  ["substr", "symbol", "symbol", "number", "number"],
  ...(["symbol", "number", "unsigned", "float"] as const).map((from): Overload => ["quote", "symbol", from]),
];

let session: DuckDbSession;
before(async () => {
  session = await openMemory({ threads: "1" });
});
after(() => session.close());

const limits = limitsWith({ symbol_bytes: NAIVE_SYMBOL_BYTES });

function operationOf([name, result, ...operands]: Overload): IrOperation {
  return op(name, result, ...operands.map((type, at) => ({ kind: "variable", name: `v${at}`, type }) as const));
}

/** What the engine's operator gives: a value, or the name of its failure. */
function mine(operation: IrOperation, row: Row): Value | Failed {
  const runtime = new Runtime(pools, limits);
  const cells = row.map((value, at) => pools.encode(value, operation.args[at]?.type ?? "number"));
  const cell = operatorOf(operation)(runtime, ...cells);
  return isFailure(cell) ? new Failed(failureName(cell)) : pools.decode(cell, operation.type);
}
const pools = new Pools();

/** Every combination of the operands' edge values. */
function rowsOf(operands: readonly ValueType[]): Row[] {
  const few = operands.length > 2;
  const short = [0n, 1n, 2n, -1n, 4n, 600n, NUMBER_MIN, NUMBER_MAX, 2n ** 32n];
  return operands.reduce<Row[]>(
    (rows, type) => rows.flatMap((row) => (few && type === "number" ? short : VALUES[type]).map((value) => [...row, value])),
    [[]],
  );
}

async function duckdb(operation: IrOperation, rows: readonly Row[], operands: readonly ValueType[]): Promise<(Value | Failed)[]> {
  const columns = operands.map((type, at) => `v${at} ${sqlType[type]}`);
  await session.run(`CREATE OR REPLACE TEMP TABLE operands (place BIGINT, ${columns.join(", ")})`);
  const placed = rows.map((row, at) => [BigInt(at), ...row]);
  await session.append({ catalog: null, schema: null, table: "operands" }, ["number", ...operands], placed);
  const scope = new Map(operands.map((type, at) => [`v${at}`, columnSql("o", `v${at}`, type)]));
  const { sql, failures } = termSql(operation, scope, NAIVE_SYMBOL_BYTES);
  const found = await session.rows(`SELECT ${sql}, ${failureCode(failures)} FROM operands AS o ORDER BY place`);
  return found.map(([value, failure]) => (failure === null ? (value as Value) : new Failed(String(failure))));
}

const shown = (value: Value | Failed): string =>
  value instanceof Failed ? `!${value.code}` : typeof value === "number" ? String(value + 0) : `${typeof value} ${value}`;

for (const overload of OVERLOADS) {
  const [name, result, ...operands] = overload;
  test(`\`${name}\` of (${operands.join(", ")}) means on edge values what it means in DuckDB`, async () => {
    const operation = operationOf(overload);
    const rows = rowsOf(operands);
    const want = await duckdb(operation, rows, operands);
    assert.equal(want.length, rows.length);
    const differing = rows.flatMap((row, at) => {
      const [mineShown, theirs] = [shown(mine(operation, row)), shown(want[at] as Value | Failed)];
      return mineShown === theirs
        ? []
        : [
            `${row
              .map(String)
              .map((text) => text.slice(0, 40))
              .join(" , ")}: ${mineShown.slice(0, 60)} / ${theirs.slice(0, 60)}`,
          ];
    });
    assert.deepEqual(differing, [], `${differing.length} of ${rows.length} differ, ${result}`);
  });
}

const arbitrary: Readonly<Record<ValueType, fc.Arbitrary<Value>>> = {
  number: fc.oneof(fc.constantFrom(...VALUES.number), fc.bigInt(NUMBER_MIN, NUMBER_MAX), fc.bigInt(-100n, 100n)),
  unsigned: fc.oneof(fc.constantFrom(...VALUES.unsigned), fc.bigInt(0n, UNSIGNED_MAX), fc.bigInt(0n, 100n)),
  float: fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e14, max: 1e14 }),
  symbol: fc.oneof(fc.constantFrom(...VALUES.symbol), fc.string({ unit: "binary", maxLength: 20 })),
};

for (const bits of [32, 64] as const) {
  test(`integers wrapped to ${bits} bits are those of DuckDB`, async () => {
    for (const [name, type, ...operands] of [
      ...uniform(["+", "-", "*", "^", "/", "bshl"], INTEGER, 2),
      ...uniform(["neg"], ["number"], 1),
    ]) {
      const operation = { ...operationOf([name, type, ...operands]), wrap: bits };
      // What overflows even 128 bits fails in DuckDB.
      const rows = rowsOf(operands).filter((row) => name !== "*" || (row[0] as bigint) * (row[1] as bigint) < 2n ** 127n);
      const want = await duckdb(operation, rows, operands);
      const differing = rows.filter((row, at) => shown(mine(operation, row)) !== shown(want[at] as Value | Failed));
      assert.deepEqual(differing.slice(0, 3).map(String), [], `${name} ${type}`);
    }
  });
}

test("operators mean on random values what their definitions say", () => {
  for (const overload of OVERLOADS) {
    const [name, , ...operands] = overload;
    // The definition of `%f` in the oracle is JavaScript's, which rounds ties away from zero.
    if (name === "to_string" && operands[0] === "float") continue;
    const operation = operationOf(overload);
    const check = (row: Value[]): void => {
      const bindings = new Map(row.map((value, at) => [`v${at}`, value]));
      assert.equal(shown(mine(operation, row)), shown(termValue(operation, bindings)), `${name}(${row.join(", ")})`);
    };
    fc.assert(fc.property(fc.tuple(...operands.map((type) => arbitrary[type])), check), { numRuns: 200 });
  }
});

test("structures are put together and taken apart as in DuckDB", async () => {
  const [n, u, f, s] = [0, 1, 2, 3].map(
    (at) => ({ kind: "variable", name: `v${at}`, type: (["number", "unsigned", "float", "symbol"] as const)[at] ?? "number" }) as const,
  );
  const inner = op("record", "symbol", ...[n, u, f, s].map((term) => op("quote", "symbol", term as IrTerm)));
  const whole = op("record", "symbol", inner, op("quote", "symbol", s as IrTerm), op("record", "symbol"));
  const values = {
    number: [0n, NUMBER_MIN],
    unsigned: VALUES.unsigned.slice(-2),
    float: [0, -0.5, 1e22],
    symbol: VALUES.symbol,
  };
  const rows = values.number.flatMap((a) =>
    values.unsigned.flatMap((b) => values.float.flatMap((c) => values.symbol.map((d) => [a, b, c, d]))),
  );
  const parts = (["number", "unsigned", "float", "symbol"] as const).map((type, at) => {
    const element = op("field", "symbol", op("field", "symbol", whole, num(0)), num(at));
    return op("unquote", type, element);
  });
  for (const term of [whole, op("field", "symbol", whole, num(2)), ...parts]) {
    const want = await duckdb(term, rows, ["number", "unsigned", "float", "symbol"]);
    const differing = rows.filter((row, at) => shown(evaluated(term, row)) !== shown(want[at] as Value | Failed));
    assert.deepEqual(differing.slice(0, 3).map(String), []);
  }
});

/** A term's value by the engine's operators, from the innermost out. */
function evaluated(term: IrTerm, row: Row): Value | Failed {
  const runtime = new Runtime(pools, limits);
  const cellOf = (inner: IrTerm): number => {
    if (inner.kind === "constant") return pools.encode(inner.value, inner.type);
    if (inner.kind === "variable") return pools.encode(row[Number(inner.name.slice(1))] as Value, inner.type);
    return operatorOf(inner)(runtime, ...inner.args.map(cellOf));
  };
  const cell = cellOf(term);
  return isFailure(cell) ? new Failed(failureName(cell)) : pools.decode(cell, term.type);
}

test("an element of another kind is read as some value, and never breaks the reading", () => {
  const runtime = new Runtime(pools, limits);
  for (const element of ["null", "12", '"text"', '"nan"', "[1,2]", "99999999999999999999999", "-1", "true", ""]) {
    for (const type of ["number", "unsigned", "float", "symbol"] as const) {
      const cell = operatorOf(op("unquote", type, sym(element)))(runtime, pools.symbolCell(element));
      const value = pools.decode(cell, type);
      assert.equal(typeof value, type === "symbol" ? "string" : type === "float" ? "number" : "bigint");
      assert.ok(typeof value !== "number" || Number.isFinite(value));
    }
  }
});
