import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { loadEngine } from "../../../../../logic/engines/incremental/load_engine.ts";
import { renewEngine } from "../../../../../logic/engines/incremental/renew_engine.ts";
import { Subscriptions, type WatchChange } from "../../../../../logic/engines/incremental/subscriptions.ts";
import { systemClock } from "../../../../../schema/clock.ts";
import { limitsWith } from "../../../../../schema/limits.ts";
import { quoteName } from "../../../../../schema/sql_session.ts";
import { type DuckDbSession, openMemory } from "../../../../../verify/store/duckdb_session.ts";
import { programOf } from "../../../../support/compile_dl.ts";
import { inputOver } from "../../../../support/duckdb_facts.ts";

let session: DuckDbSession;
before(async () => {
  session = await openMemory({ threads: "1" });
});
after(() => session.close());

const text = `.decl item(name:symbol, price:number)
.input item
.decl tag(name:symbol, tag:symbol)
.input tag
/// @law shop.free error "{name} is free"
.decl free(name:symbol)
free(n) :- item(n, 0).
`;
const program = programOf(text);
const limits = limitsWith();
const facts = {
  item: [
    ["pen", 3n],
    ["ink", 7n],
  ],
  tag: [["pen", "blue"]],
};

async function shop() {
  await inputOver(session, program, facts);
  const source = { session, table: quoteName, limits, clock: systemClock };
  const { engine, undecided } = await loadEngine({ ...source, program });
  assert.equal(undecided, null);
  const subscriptions = new Subscriptions(engine, source);
  /** Asserts facts, keeps them, and gives what watches are told. */
  const add = (...changes: (readonly [string, ...(string | bigint)[]])[]): WatchChange[] => {
    const delta = { assert: changes.map(([relation, ...row]) => ({ relation, row })), retract: [] };
    assert.equal(engine.apply(delta).undecided, null);
    const captured = subscriptions.capture(delta);
    engine.keep();
    return subscriptions.advance(captured);
  };
  return { engine, source, subscriptions, add };
}

test("a law, a relation, a relation that no law reaches and a query are watched", async () => {
  const { engine, subscriptions, add } = await shop();
  assert.deepEqual([...engine.reached], ["item"]);
  const targets = [
    { kind: "law", law: "shop.free" },
    { kind: "relation", relation: "item" },
    { kind: "relation", relation: "tag" },
    { kind: "query", text: '?- item(n, p), !tag(n, "blue"), p > 5.' },
  ] as const;
  const ids: number[] = [];
  for (const target of targets) {
    const outcome = await subscriptions.watch(target);
    assert.ok(outcome.kind === "watching");
    ids.push(outcome.id);
  }
  assert.deepEqual(
    ids.map((id) => subscriptions.rows(id)),
    [
      [],
      [
        ["ink", 7n],
        ["pen", 3n],
      ],
      [["pen", "blue"]],
      [["ink", 7n]],
    ],
  );
  const told = add(["item", "air", 0n], ["tag", "ink", "blue"]);
  assert.deepEqual(told, [
    { id: ids[0], added: [["air"]], removed: [], ended: null },
    { id: ids[1], added: [["air", 0n]], removed: [], ended: null },
    { id: ids[2], added: [["ink", "blue"]], removed: [], ended: null },
    { id: ids[3], added: [], removed: [["ink", 7n]], ended: null },
  ]);
  subscriptions.unwatch(ids[1] ?? 0);
  assert.deepEqual(add(["item", "cup", 4n]), []);
});

test("what cannot be watched says why", async () => {
  const { subscriptions } = await shop();
  assert.equal((await subscriptions.watch({ kind: "relation", relation: "nothing" })).kind, "unknown");
  assert.equal((await subscriptions.watch({ kind: "law", law: "shop.nothing" })).kind, "unknown");
  assert.equal((await subscriptions.watch({ kind: "query", text: "?- nothing(x)." })).kind, "rejected");
  const failing = await subscriptions.watch({ kind: "query", text: "?- item(n, p), q = 1 / (p - 3)." });
  assert.ok(failing.kind === "undecided" && failing.undecided.code === "evaluation.division_by_zero");
  assert.equal(subscriptions.count, 0);
});

test("a query that fails ends its own watch and nothing else", async () => {
  const { engine, subscriptions, add } = await shop();
  const failing = await subscriptions.watch({ kind: "query", text: "?- item(n, p), q = 1 / (p - 9)." });
  const other = await subscriptions.watch({ kind: "query", text: "?- item(n, p), q = p * 2." });
  assert.ok(failing.kind === "watching" && other.kind === "watching");
  const told = add(["item", "mug", 9n]);
  assert.deepEqual(
    told.map(({ id, added, ended }) => ({ id, added, ended: ended === null || ended === "gone" ? ended : ended.code })),
    [
      { id: failing.id, added: [], ended: "evaluation.division_by_zero" },
      { id: other.id, added: [["mug", 9n, 18n]], ended: null },
    ],
  );
  assert.equal(subscriptions.count, 1);
  assert.equal(engine.count("item"), 3);
});

test("watches follow a change of program, and memory that an engine had comes back", async () => {
  const { engine, source, subscriptions, add } = await shop();
  const free = await subscriptions.watch({ kind: "law", law: "shop.free" });
  const query = await subscriptions.watch({ kind: "query", text: "?- free(n)." });
  assert.ok(free.kind === "watching" && query.kind === "watching");
  add(["item", "air", 0n]);
  const used = engine.pools.budget.used_bytes;
  const cheaper = programOf(text.replace("free(n) :- item(n, 0).", "free(n) :- item(n, p), p < 5."));
  const renewed = await renewEngine({ ...source, from: engine, program: cheaper });
  assert.equal(renewed.undecided, null);
  const told = await subscriptions.moveTo(renewed.engine);
  assert.deepEqual(told, [
    { id: free.id, added: [["pen"]], removed: [], ended: null },
    { id: query.id, added: [["pen"]], removed: [], ended: null },
  ]);
  engine.release();
  assert.ok(renewed.engine.pools.budget.used_bytes < 1.5 * used);
  assert.throws(() => engine.apply({ assert: [], retract: [] }));
  const without = programOf(".decl item(name:symbol, price:number)\n.input item\n.decl other(n:symbol)\nother(n) :- item(n, 1).\n");
  const gone = await renewEngine({ ...source, from: renewed.engine, program: without, watch: ["other"] });
  assert.deepEqual(
    (await subscriptions.moveTo(gone.engine)).map(({ id, removed, ended }) => ({ id, removed, ended })),
    [
      { id: free.id, removed: [["air"], ["pen"]], ended: "gone" },
      { id: query.id, removed: [["air"], ["pen"]], ended: "gone" },
    ],
  );
});
