import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { comparison } from "../../logic/engines/incremental/operators/comparisons.ts";
import { FAILURE, failureName, isFailure } from "../../logic/engines/incremental/operators/failure.ts";
import { testOf } from "../../logic/engines/incremental/operators/operator_of.ts";
import { rangeOperator } from "../../logic/engines/incremental/operators/ranges.ts";
import { Runtime } from "../../logic/engines/incremental/operators/runtime.ts";
import { Pools } from "../../logic/engines/incremental/pools.ts";
import { limitsWith } from "../../schema/limits.ts";
import { NUMBER_MAX, NUMBER_MIN, UNSIGNED_MAX, type Value, type ValueType } from "../../schema/value.ts";
import { type DuckDbSession, openMemory } from "../../verify/store/duckdb_session.ts";
import { Choices } from "../support/choices.ts";
import { comparisonHolds } from "../support/naive_terms.ts";

const pools = new Pools();
const runtime = new Runtime(pools, limitsWith({ rows_derived: 1000 }));

let session: DuckDbSession;
before(async () => {
  session = await openMemory({ threads: "1" });
});
after(() => session.close());

const PIECES = [
  ..."ab.^$|é👍]}{".split(/(?:)/u),
  ..."\\. \\d \\D \\w \\W \\s \\S \\b \\B \\A \\z \\Z \\pL \\p{Greek} \\PN \\p{Lu} \\p{^L} \\p{C} \\P{C} \\p{Emoji} \\pX \\x41 \\x{1F44D} \\n".split(
    " ",
  ),
  ..."\\t \\Q.a\\E \\Q \\E \\1 \\0 \\07 \\u0041 \\a \\_ \\v \\cA [a-c] [^a-c] [^\\n] [[:alpha:]] [[:^alpha:]] [[:foo:]] [] []a] [^]a] [a-]".split(
    " ",
  ),
  ..."[z-a] [\\d-x] [a[] [a a{2} a{,2} a{1,} a{2,1} a{1001} a** a*? a++ a?? (?i)a (?i:B) (?s). (?m)^ (?U)a* (?P<n>a) (?<n>a)".split(" "),
  ..."(?:ab) (a) (?=a) (?!a) (?<=a) (?#x) () ( (? (?z) (?-s). (|a)* (?:a*)* ((((a)))) [\\p{C}] [\\p{L}\\d_]".split(" "),
];
const TEXTS = [
  "",
  "a",
  "b",
  "A",
  "aa",
  "ab",
  "abc",
  "é",
  "👍",
  "\n",
  "a\n",
  "a\nb",
  ".a",
  "1",
  "_",
  " ",
  "K",
  "\u212a",
  "ſ",
  "]",
  "{2}",
  "a{,2}",
  "\u0085",
  "ω",
  "[",
  "^",
  "x",
];

function randomPattern(choices: Choices): string {
  let pattern = "";
  for (let left = 1 + choices.below(3); left > 0; left--) {
    pattern += choices.of(PIECES);
    if (choices.below(4) === 0) pattern += choices.of(["*", "+", "?", "|", "{0,2}"]);
  }
  return pattern;
}

test("`match` means what RE2 means inside DuckDB", async () => {
  const choices = new Choices(Array.from({ length: 6000 }, (_, at) => (Math.imul(at + 1, 2654435761) >>> 8) % 10_000));
  const patterns = [...new Set([...PIECES, ...Array.from({ length: 600 }, () => randomPattern(choices))])];
  await session.run("CREATE OR REPLACE TEMP TABLE patterns (place BIGINT, pattern VARCHAR)");
  await session.run("CREATE OR REPLACE TEMP TABLE texts (place BIGINT, text VARCHAR)");
  for (const [name, values] of [
    ["patterns", patterns],
    ["texts", TEXTS],
  ] as const) {
    const rows = values.map((value, at) => [BigInt(at), value]);
    await session.append({ catalog: null, schema: null, table: name }, ["number", "symbol"], rows);
  }
  const sql = "SELECT pattern, text, TRY(regexp_full_match(text, pattern)) FROM patterns, texts ORDER BY patterns.place, texts.place";
  const found = await session.rows(sql);
  assert.equal(found.length, patterns.length * TEXTS.length);
  const named = { 1: true, 0: false, [FAILURE.pattern]: null } as const;
  const differing = found.flatMap(([pattern, text, theirs]) => {
    const mine = testOf("match")(runtime, pools.symbolCell(String(pattern)), pools.symbolCell(String(text)));
    return named[mine] === theirs ? [] : [`${JSON.stringify(pattern)} on ${JSON.stringify(text)}: ${named[mine]}, DuckDB ${theirs}`];
  });
  assert.deepEqual(differing, []);
});

test("`contains` holds where the text holds the needle", () => {
  const text = fc.oneof(fc.string({ unit: fc.constantFrom("a", "b", "é", "👍"), maxLength: 8 }), fc.constant(""));
  const check = (needle: string, whole: string): void => {
    assert.equal(testOf("contains")(runtime, pools.symbolCell(needle), pools.symbolCell(whole)) === 1, whole.includes(needle));
  };
  fc.assert(fc.property(text, text, check), { numRuns: 2000 });
});

const arbitrary: Readonly<Record<ValueType, fc.Arbitrary<Value>>> = {
  number: fc.oneof(
    fc.bigInt(NUMBER_MIN, NUMBER_MAX),
    fc.bigInt(-2n, 2n),
    fc.bigInt(2n ** 30n - 2n, 2n ** 30n + 2n),
    fc.bigInt(-(2n ** 31n), 2n ** 33n),
  ),
  unsigned: fc.oneof(fc.bigInt(0n, UNSIGNED_MAX), fc.bigInt(0n, 2n), fc.bigInt(2n ** 30n - 2n, 2n ** 30n + 2n)),
  float: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0, -0, 1, -1)),
  symbol: fc.string({ unit: fc.constantFrom("a", "\u{ffff}", "\u{10000}", "é"), maxLength: 3 }),
};

test("comparisons hold by value, symbols by code point", () => {
  for (const type of ["number", "unsigned", "float", "symbol"] as const) {
    const check = (a: Value, b: Value): void => {
      const cells = [pools.encode(a, type), pools.encode(b, type)] as const;
      for (const op of ["=", "!=", "<", "<=", ">", ">="] as const) {
        assert.equal(comparison(op, type)(runtime, ...cells) === 1, comparisonHolds(op, a, b), `${a} ${op} ${b}`);
        assert.ok(isFailure(comparison(op, type)(runtime, cells[0], FAILURE.overflow)));
        assert.equal(failureName(comparison(op, type)(runtime, FAILURE.conversion, FAILURE.overflow)), "conversion");
      }
    };
    fc.assert(fc.property(arbitrary[type], arbitrary[type], check), { numRuns: 500 });
  }
});

/** The values of a range from its definition, or the name of a failure. */
function definedRange(from: bigint, to: bigint, step: bigint | null, inclusive: boolean): bigint[] | string {
  const stride = step ?? (inclusive || from <= to ? 1n : -1n);
  if (stride === 0n) return (from === to) === inclusive ? [from] : [];
  const inside = (value: bigint): boolean => (stride > 0n ? value < to : value > to) || (inclusive && value === to);
  const values: bigint[] = [];
  for (let value = from; inside(value); value += stride) if (values.push(value) > 1000) return "rows_derived";
  return values;
}

test("ranges of integers have the values that their definition gives", () => {
  for (const [type, least, most] of [
    ["number", NUMBER_MIN, NUMBER_MAX],
    ["unsigned", 0n, UNSIGNED_MAX],
  ] as const) {
    const near = (value: bigint): fc.Arbitrary<bigint> =>
      fc.bigInt(value - 30n < least ? least : value - 30n, value + 30n > most ? most : value + 30n);
    const end = fc.oneof(near(0n), near(0n), near(2n ** 30n), near(2n ** 53n), near(most), near(least), fc.bigInt(least, most));
    const step = fc.oneof(fc.constant(null), near(0n), near(0n), near(2n ** 53n), near(most), near(least));
    const check = (from: bigint, to: bigint, by: bigint | null, inclusive: boolean): void => {
      const range = rangeOperator(type, inclusive);
      const cells = [pools.encode(from, type), pools.encode(to, type), by === null ? null : pools.encode(by, type)] as const;
      const count = range.count(runtime, ...cells);
      const mine = isFailure(count)
        ? failureName(count)
        : Array.from({ length: count }, (_, at) => pools.decode(range.at(runtime, ...cells, at), type));
      assert.deepEqual(mine, definedRange(from, to, by, inclusive));
    };
    fc.assert(fc.property(end, end, step, fc.boolean(), check), { numRuns: 3000 });
  }
});

test("ranges of floats have the values that DuckDB gives", async () => {
  const ends = [0, 0.5, 1, -1.25, 3, 10.1, 1e15];
  const steps = [null, 0, 0.25, -0.5, 1, 1e300];
  const cases = ends.flatMap((from) => ends.flatMap((to) => steps.map((step) => ({ from, to, step }))));
  for (const { from, to, step } of cases) {
    const stride = step ?? (from <= to ? 1 : -1);
    const sql = `SELECT CASE WHEN ${stride}::DOUBLE = 0 THEN (${from}::DOUBLE <> ${to}::DOUBLE)::INTEGER ELSE greatest(ceil((${to}::DOUBLE - ${from}::DOUBLE) / ${stride}::DOUBLE), 0) END`;
    const [[theirs = 0] = []] = await session.rows(sql);
    const cells = [pools.floatCell(from), pools.floatCell(to), step === null ? null : pools.floatCell(step)] as const;
    const count = rangeOperator("float", false).count(runtime, ...cells);
    assert.equal(count, Number(theirs) > 1000 ? FAILURE.rows_derived : Number(theirs) + 0, `${from} ${to} ${step}`);
    if (count > 1) assert.equal(pools.floatValue(rangeOperator("float", false).at(runtime, ...cells, 1)), from + stride);
  }
});
