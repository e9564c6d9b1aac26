import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { loadEngine } from "../../../../../logic/engines/incremental/load_engine.ts";
import { systemClock } from "../../../../../schema/clock.ts";
import { type Limits, limitsWith } from "../../../../../schema/limits.ts";
import { quoteName } from "../../../../../schema/sql_session.ts";
import { type DuckDbSession, openMemory } from "../../../../../verify/store/duckdb_session.ts";
import { inputOver } from "../../../../support/duckdb_facts.ts";
import { atom, f, n, not, num, program, rule, s, u } from "../../../../support/ir_builder.ts";

let session: DuckDbSession;
before(async () => {
  session = await openMemory({ threads: "2" });
});
after(() => session.close());

const typed = program({
  base: { all: "nsuf", switch: "", other: "n", 'odd "name"': "s" },
  derived: { seen: "nsuf", on: "", named: "s" },
  rules: [
    rule("seen", [n("a"), s("b"), u("c"), f("d")], atom("all", n("a"), s("b"), u("c"), f("d"))),
    rule("on", [], atom("switch"), not("all", num(7), null, null, null)),
    rule("named", [s("x")], atom('odd "name"', s("x"))),
  ],
  laws: ["seen", "on", "named"],
});
const facts = {
  all: [
    [-1n, "", 0n, -0],
    [2n ** 62n, "a longer text than twelve bytes", 2n ** 64n - 1n, 1e-300],
    [-(2n ** 63n), "é👍", 1n, -1.5],
  ],
  switch: [[]],
  other: [[1n]],
  'odd "name"': [["x"]],
};

async function load(limits: Partial<Limits> = {}, repeats = false): ReturnType<typeof loadEngine> {
  await inputOver(session, typed, facts, {}, repeats);
  const table = (name: string): string => {
    assert.notEqual(name, "other");
    return quoteName(name);
  };
  return loadEngine({ program: typed, limits: limitsWith(limits), clock: systemClock, session, table });
}

test("facts of all types are loaded, of the relations that laws reach alone", async () => {
  const { engine, undecided } = await load();
  assert.equal(undecided, null);
  assert.deepEqual([...engine.reached].sort(), ["all", 'odd "name"', "switch"]);
  const want = facts.all
    .map((row) => row.map((value) => (Object.is(value, -0) ? 0 : value)))
    .sort((a, b) => ((a[0] ?? 0) < (b[0] ?? 0) ? -1 : 1));
  assert.deepEqual(engine.rows("all"), want);
  assert.deepEqual(engine.rows("seen"), want);
  assert.deepEqual(engine.rows("on"), [[]]);
  assert.deepEqual(engine.rows("named"), [["x"]]);
});

test("facts that repeat in their table count once", async () => {
  const { engine } = await load({}, true);
  assert.equal(engine.count("all"), 3);
  assert.equal(engine.count("switch"), 1);
});

test("a bound passed while loading is an undecided answer that names it", async () => {
  await inputOver(session, typed, facts);
  await session.run("INSERT INTO \"all\" SELECT i, 'symbol ' || i, 0, 0 FROM range(100000) r(i)");
  const input = { program: typed, clock: systemClock, session, table: quoteName };
  const short = await loadEngine({ ...input, limits: limitsWith({ engine_mb: 1 }) });
  assert.deepEqual([short.undecided?.code, short.undecided?.relation], ["limit.engine_mb", "all"]);
  const late = await loadEngine({ ...input, limits: limitsWith({ verdict_ms: 0 }) });
  assert.equal(late.undecided?.code, "limit.verdict_ms");
});

test("rows beyond a batch and a chunk are all there", async () => {
  await inputOver(session, typed, { ...facts, all: [] });
  await session.run("INSERT INTO \"all\" SELECT i * 1000000007, 'symbol ' || (i % 1000), i, i / 8 FROM range(300000) r(i)");
  const { engine } = await loadEngine({ program: typed, limits: limitsWith(), clock: systemClock, session, table: quoteName });
  assert.equal(engine.count("seen"), 300_000);
  assert.ok(engine.has("seen", [299_999n * 1_000_000_007n, "symbol 999", 299_999n, 299_999 / 8]));
  assert.ok(!engine.has("seen", [299_999n * 1_000_000_007n, "symbol 998", 299_999n, 299_999 / 8]));
});
