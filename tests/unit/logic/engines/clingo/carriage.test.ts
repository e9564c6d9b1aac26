import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { checkLawsByClingo } from "../../../../../logic/engines/clingo/check_laws.ts";
import { WasmClingo } from "../../../../../logic/engines/clingo/wasm_clingo.ts";
import { checkLaws } from "../../../../../logic/engines/duckdb/check_laws.ts";
import { type DuckDbSession, openMemory } from "../../../../../verify/store/duckdb_session.ts";
import { programOf } from "../../../../support/compile_dl.ts";
import { type Facts, inputOver } from "../../../../support/duckdb_facts.ts";

let session: DuckDbSession;
let clingo: WasmClingo;
before(async () => {
  session = await openMemory({ threads: "1" });
  clingo = new WasmClingo({ parallel: 1 });
});
after(async () => {
  session.close();
  await clingo.close();
});

/** The witnesses of the law `t.bad`, after both engines gave the same, or why clingo gave none. */
async function bad(text: string, facts: Facts): Promise<readonly unknown[] | { readonly code: string; readonly detail: string }> {
  const input = await inputOver(session, programOf(text), facts);
  const ours = await checkLaws(input);
  const theirs = await checkLawsByClingo(input, clingo);
  try {
    if (theirs.undecided !== null) return { code: theirs.undecided.code, detail: theirs.undecided.detail };
    const rows = await theirs.witnesses("t.bad", 0, 100);
    assert.deepEqual(rows, await ours.witnesses("t.bad", 0, 100));
    return rows;
  } finally {
    await ours.close();
    await theirs.close();
  }
}

const COMPARED = `.decl n(x:number)
.input n
/// @law t.bad error "{x}"
.decl bad(x:number, y:number)
bad(x, y) :- n(x), n(y), x < y, y != 7.
`;
const COMPUTED = COMPARED.replace("x < y, y != 7", "x + 1 = y");

test("integers at 2^31-1, 2^31 and 2^63-1 cross by rank where they are only compared", async () => {
  for (const wide of [2n ** 31n - 1n, 2n ** 31n, 2n ** 63n - 1n, -(2n ** 63n)]) {
    const rows = [[1n], [7n], [wide]];
    const expected =
      wide < 0n
        ? [[wide, 1n]]
        : [
            [1n, wide],
            [7n, wide],
          ];
    assert.deepEqual(await bad(COMPARED, { n: rows }), expected);
  }
});

test("they are refused, naming the fact and the bound, where a rule calculates with them", async () => {
  assert.deepEqual(await bad(COMPUTED, { n: [[2n ** 31n - 2n], [1n]] }), []);
  for (const wide of [2n ** 31n, 2n ** 63n - 1n]) {
    const refused = await bad(COMPUTED, { n: [[1n], [wide]] });
    assert.ok("code" in refused && refused.code === "evaluation.clingo_number");
    assert.ok(refused.detail.includes(`n(${wide})`) && refused.detail.includes("2147483647"), refused.detail);
  }
});

test("a calculation that leaves 32 bits is noticed, not wrapped", async () => {
  for (const [sum, fact] of [
    ["x + x = y", 2n ** 30n],
    ["x * x = y", 65_536n],
    ["0 - x - x - x = y", 2n ** 30n],
    ["x ^ 3 = y", 1_291n],
  ] as const) {
    const found = await bad(COMPARED.replace("x < y, y != 7", sum), { n: [[fact]] });
    assert.ok("code" in found && found.code === "evaluation.clingo_overflow", sum);
    assert.deepEqual(await bad(COMPARED.replace("x < y, y != 7", sum), { n: [[1_000n]] }), [], sum);
  }
  const total = COMPARED.replace("x < y, y != 7", "y = sum z : { n(z) }");
  const found = await bad(total, { n: [[2n ** 31n - 1n], [2n ** 31n - 2n]] });
  assert.ok("code" in found && found.code === "evaluation.clingo_overflow");
});

test("floats and unsigned numbers cross by rank, symbols by code point", async () => {
  const floats = COMPARED.replaceAll(":number", ":float").replace("y != 7", "y != 7.5");
  assert.deepEqual(await bad(floats, { n: [[0.1], [0.30000000000000004], [7.5], [-1e300]] }), [
    [-1e300, 0.1],
    [-1e300, 0.30000000000000004],
    [0.1, 0.30000000000000004],
  ]);
  const unsigned = COMPARED.replaceAll(":number", ":unsigned").replace("y != 7", "y != 7u");
  assert.deepEqual(await bad(unsigned, { n: [[0n], [2n ** 64n - 1n]] }), [[0n, 2n ** 64n - 1n]]);
  const symbols = COMPARED.replaceAll(":number", ":symbol").replace("y != 7", 'y != "7"');
  assert.deepEqual(await bad(symbols, { n: [["é"], ["z"], ["\u{ffff}"], ["\u{1f600}"]] }), [
    ["z", "é"],
    ["z", "\u{ffff}"],
    ["z", "\u{1f600}"],
    ["é", "\u{ffff}"],
    ["é", "\u{1f600}"],
    ["\u{ffff}", "\u{1f600}"],
  ]);
});

test("what clingo has no words for is computed before, with all it rests on", async () => {
  const text = `.decl n(x:number)
.input n
.decl named(s:symbol, x:number)
named(cat("n", to_string(x)), x) :- n(x).
/// @law t.bad error "{s}"
.decl bad(s:symbol, t:symbol)
bad(s, t) :- named(s, x), named(t, y), x < y.
`;
  assert.deepEqual(await bad(text, { n: [[1n], [2n]] }), [["n1", "n2"]]);
});
