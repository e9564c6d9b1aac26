import type { Pools } from "../../../logic/engines/incremental/pools.ts";
import type { Table } from "../../../logic/engines/incremental/table.ts";
import type { Value } from "../../../schema/value.ts";
import { rowKey } from "../naive_eval.ts";

/** The visible rows of a table, each with the number of its derivations where the table counts them. */
export function derivations(table: Table, pools: Pools): string[] {
  const lines: string[] = [];
  for (let row = table.nextVisible(-1); row >= 0; row = table.nextVisible(row)) {
    const values = table.columns.map((column, at): Value => pools.decode(column[row] ?? 0, table.types[at] ?? "symbol"));
    lines.push(`${rowKey(values)}${table.counted ? ` ${table.counts[row]}` : ""}`);
  }
  return lines.sort();
}

/** All that a table is: its rows with their places and counts, how many are held and free, and the groups of every index. */
export function deepState(table: Table, pools: Pools): string {
  const lines = [`held ${table.held} visible ${table.visible} top ${table.top} free ${table.freeRows} touched ${table.touched.length}`];
  for (let row = table.nextVisible(-1); row >= 0; row = table.nextVisible(row)) {
    const cells = table.columns.map((column) => column[row]);
    const found = table.find(...cells.map((cell) => cell ?? 0));
    const groups = table.indexes.map((index) => `${index.columns.join("+")}:${index.sizeOf(index.headOf(row))}`);
    lines.push(`${row} (${cells.join()}) found at ${found}, state ${table.states[row]}, groups ${groups.join(" ")}`);
  }
  return [...lines, ...derivations(table, pools)].join("\n");
}
