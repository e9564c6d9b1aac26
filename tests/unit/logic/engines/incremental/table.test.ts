import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryBudget } from "../../../../../logic/engines/incremental/memory_budget.ts";
import { Table, VISIBLE } from "../../../../../logic/engines/incremental/table.ts";
import { seededChoices } from "../../../../support/seeded.ts";

function newTable(): Table {
  return new Table({
    name: "t",
    types: ["number", "number", "number"],
    counted: true,
    derived: true,
    mostRows: 10_000,
    budget: new MemoryBudget(64),
  });
}

/** The rows of a table by its indexes: the groups of each, with their members. */
function groups(table: Table): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const index of table.indexes) {
    for (let row = table.nextVisible(-1); row >= 0; row = table.nextVisible(row)) {
      const key = index.columns.map((column) => table.columns[column]?.[row]).join();
      const name = `${index.columns.join("+")}: ${key}`;
      if (found.has(name)) continue;
      const members: string[] = [];
      for (let at = index.headOf(row); at >= 0; at = index.chained ? (index.next[at] as number) : -1) members.push(cells(table, at));
      assert.equal(members.length, index.sizeOf(index.headOf(row)), name);
      found.set(name, members.sort());
    }
  }
  return found;
}

function cells(table: Table, row: number): string {
  return table.columns.map((column) => column[row]).join();
}

function state(table: Table): unknown {
  const rows = new Map<string, number>();
  for (let row = table.nextVisible(-1); row >= 0; row = table.nextVisible(row)) rows.set(cells(table, row), table.counts[row] as number);
  return {
    rows: [...rows].sort(),
    groups: [...groups(table)].sort(),
    held: table.held,
    visible: table.visible,
    live: table.top - table.freeRows,
  };
}

test("rows, counts and every index follow a random history, and rollback leaves them as they were", () => {
  for (let seed = 1; seed <= 30; seed++) {
    const choices = seededChoices(seed, 3000);
    const table = newTable();
    for (const columns of [[0], [1, 2], [0, 2], [1]]) table.index(columns);
    table.open();
    const model = new Map<string, number>();
    for (let delta = 0; delta < 20; delta++) {
      const before = state(table);
      const next = new Map(model);
      for (let step = choices.below(25); step > 0; step--) {
        const key = [choices.below(4), choices.below(3) * 16, choices.below(40)] as const;
        const row = table.obtain(...key);
        table.touch(row);
        const isThere = ((table.states[row] as number) & VISIBLE) !== 0;
        if (isThere && choices.below(2) === 1) {
          table.counts[row] = 0;
          table.hide(row);
          next.delete(key.join());
        } else if (!isThere) {
          table.counts[row] = 1 + choices.below(3);
          table.show(row);
          next.set(key.join(), table.counts[row] as number);
        }
      }
      if (choices.below(2) === 0) {
        table.rollback();
        assert.deepEqual(state(table), before, `seed ${seed}, delta ${delta}`);
        continue;
      }
      table.keep();
      model.clear();
      for (const [key, count] of next) model.set(key, count);
      const { rows, held } = state(table) as { rows: [string, number][]; held: number };
      assert.deepEqual(rows, [...model].sort(), `seed ${seed}, delta ${delta}`);
      assert.equal(held, model.size);
    }
  }
});

test("an index built late holds what one kept from the start holds", () => {
  const choices = seededChoices(3, 3000);
  const [early, late] = [newTable(), newTable()];
  early.index([1]);
  for (let step = 0; step < 500; step++) {
    const key = [choices.below(50), choices.below(10) * 1024, choices.below(7)] as const;
    for (const table of [early, late]) {
      const row = table.obtain(...key);
      if (!table.isVisible(row)) table.show(row);
    }
  }
  late.index([1], 1_000_000);
  assert.deepEqual([...groups(late)], [...groups(early)]);
  assert.ok((late.indexes[0]?.slots.length ?? 0) < 1000, "an index that expected too much shrinks");
});

test("keys that differ only in high bits, or are negative, are told apart", () => {
  const table = newTable();
  const index = table.index([0]);
  const values = Array.from({ length: 1000 }, (_, at) => (at % 2 === 0 ? at << 16 : -at * 4096));
  for (const value of values) table.show(table.obtain(value, 0, 0));
  for (const value of values) {
    assert.equal(table.columns[0]?.[index.head(value)], value);
    assert.ok(table.isVisible(table.find(value, 0, 0)));
  }
  assert.equal(index.head(5), -1);
});
