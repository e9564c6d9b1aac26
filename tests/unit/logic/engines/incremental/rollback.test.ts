import assert from "node:assert/strict";
import { test } from "node:test";
import { BaseDelta } from "../../../../../logic/engines/incremental/base_delta.ts";
import { Maintenance } from "../../../../../logic/engines/incremental/maintenance.ts";
import { networkOf } from "../../../../../logic/engines/incremental/network_builder.ts";
import { Runtime } from "../../../../../logic/engines/incremental/operators/runtime.ts";
import { Pools } from "../../../../../logic/engines/incremental/pools.ts";
import { StepMeter } from "../../../../../logic/engines/incremental/step_meter.ts";
import { Store } from "../../../../../logic/engines/incremental/store.ts";
import type { Table } from "../../../../../logic/engines/incremental/table.ts";
import { systemClock } from "../../../../../schema/clock.ts";
import { limitsWith } from "../../../../../schema/limits.ts";
import { aggregate, atom, compare, f, n, not, num, op, program, rule } from "../../../../support/ir_builder.ts";
import { seededChoices } from "../../../../support/seeded.ts";

const members = { keys: [n("y"), n("z")], body: [atom("b", n("x"), n("y"), n("z"))] };

/** Counting, projections, negation, a recursion, every kind of aggregate, an element relation, demand, failures. */
const everything = program({
  base: { b: "nnn", c: "n", e: "nn", w: "nf" },
  derived: { lost: "n", t: "nn", far: "nn", g: "nnnn", set: "n", below: "nn", weight: "nf", root: "n" },
  rules: [
    rule("lost", [n("x")], atom("b", n("x"), n("y"), null), not("c", n("y"))),
    rule("t", [n("x"), n("y")], atom("e", n("x"), n("y"))),
    rule("t", [n("x"), n("z")], atom("t", n("x"), n("y")), atom("e", n("y"), n("z"))),
    rule(
      "far",
      [n("x"), n("k")],
      atom("e", n("x"), null),
      aggregate(n("k"), "count", ["x"], { keys: [n("y")], body: [atom("t", n("x"), n("y"))] }),
    ),
    rule(
      "g",
      [n("x"), n("s"), n("l"), n("m")],
      atom("b", n("x"), null, null),
      aggregate(n("s"), "sum", ["x"], members),
      aggregate(n("l"), "min", ["x"], members),
      aggregate(n("m"), "max", ["x"], members),
    ),
    rule("set", [n("k")], aggregate(n("k"), "count", [], { keys: [n("y")], body: [atom("b", n("x"), n("y"), n("z"))] })),
    rule(
      "below",
      [n("x"), n("k")],
      atom("c", n("x")),
      aggregate(n("k"), "sum", ["x"], { keys: [n("y")], body: [atom("c", n("y")), compare(n("y"), "<", n("x"))] }),
    ),
    rule(
      "weight",
      [n("x"), f("s")],
      atom("w", n("x"), null),
      aggregate(f("s"), "sum", ["x"], { keys: [f("h")], body: [atom("w", n("x"), f("h"))] }),
    ),
    rule("root", [op("/", "number", num(100), n("x"))], atom("c", n("x")), not("e", n("x"), null), not("b", n("x"), null, null)),
  ],
  laws: ["lost", "far", "g", "set", "below", "weight", "root"],
});

interface World {
  readonly store: Store;
  readonly maintenance: Maintenance;
}

function world(): World {
  const limits = limitsWith({ rows_derived: 60 });
  const pools = new Pools();
  const network = networkOf(
    everything,
    everything.laws.map((law) => law.relation),
    pools,
  );
  const runtime = new Runtime(pools, limits);
  const store = new Store({ network, limits, runtime, meter: new StepMeter(systemClock, 60_000), budget: pools.budget });
  const maintenance = new Maintenance(store, limits.rounds);
  maintenance.evaluate();
  maintenance.prepare();
  return { store, maintenance };
}

function tableState(table: Table): unknown {
  const rows: string[] = [];
  const groups = new Set<string>();
  for (let row = table.nextVisible(-1); row >= 0; row = table.nextVisible(row)) {
    const cells = table.columns.map((column) => column[row]).join();
    rows.push(`${cells} × ${table.counted ? table.counts[row] : 1}, state ${table.states[row]}`);
    for (const index of table.indexes) {
      const members: string[] = [];
      for (let at = index.headOf(row); at >= 0; at = index.chained ? (index.next[at] as number) : -1) {
        members.push(table.columns.map((column) => column[at]).join());
      }
      assert.equal(index.sizeOf(index.headOf(row)), members.length);
      groups.add(`${index.columns.join("+")}: ${members.sort().join(" ")}`);
    }
  }
  const indexGroups = table.indexes.map((index) => index.groups);
  const { held, visible, top, freeRows, touched, added, removed } = table;
  return {
    rows: rows.sort(),
    groups: [...groups].sort(),
    indexGroups,
    held,
    visible,
    live: top - freeRows,
    open: touched.length + added.length + removed.length,
  };
}

/** Everything that the engine would go on from. */
function stateOf({ store }: World): unknown {
  const orders = store.orders.map((order, relation) => {
    if (order === null) return [];
    const table = store.table(relation);
    const ranked: [number, string][] = [];
    for (let row = table.nextVisible(-1); row >= 0; row = table.nextVisible(row)) {
      ranked.push([order.ranks[row] as number, table.columns.map((column) => column[row]).join()]);
    }
    return ranked.sort(([a], [b]) => a - b).map(([, cells]) => cells);
  });
  const groups = store.groups.map((group) => [...group.entries()].map((entry) => JSON.stringify(entry)).sort());
  return { tables: store.tables.map(tableState), groups, groupTables: store.groups.map((group) => tableState(group.table)), orders };
}

test("a delta that is rolled back leaves rows, counts, indexes, groups, ranks and free rows as they were", () => {
  let undecided = 0;
  let kept = 0;
  for (let seed = 1; seed <= 25; seed++) {
    const choices = seededChoices(seed, 8_000);
    const made = world();
    for (let delta = 0; delta < 25; delta++) {
      const before = stateOf(made);
      const base = new BaseDelta(made.store.runtime.pools);
      for (let step = 1 + choices.below(6); step > 0; step--) {
        const name = choices.of(["b", "c", "e", "w"] as const);
        const number = (): bigint => BigInt(choices.below(5));
        const row = { b: [number(), number(), number()], c: [number()], e: [number(), number()], w: [number(), choices.below(7) / 2] }[
          name
        ];
        const table = made.store.tables.find((known) => known.name === name && !known.derived) as Table;
        if (choices.below(5) < 2) base.retract(table, row);
        else base.assert(table, row);
      }
      let failed = false;
      try {
        made.maintenance.propagate();
      } catch (error) {
        // A division by zero, or more rows than the bound.
        if (!(error instanceof Error) || !["InstanceFailed", "LimitReached"].includes(error.name)) throw error;
        failed = true;
        undecided++;
      }
      if (failed || choices.below(2) === 0) {
        made.maintenance.rollback();
        assert.deepEqual(stateOf(made), before, `seed ${seed}, delta ${delta}`);
      } else {
        made.maintenance.keep();
        kept++;
      }
    }
  }
  assert.ok(undecided > 20 && kept > 100, `${undecided} undecided, ${kept} kept`);
});
