import type { Row, Value } from "../../../schema/value.ts";
import type { IntList } from "./int_list.ts";
import type { Pools } from "./pools.ts";
import type { Table } from "./table.ts";

/** The cells of a row's values, interned where they are new. */
export function cellsOf(table: Table, row: Row, pools: Pools): number[] {
  return table.types.map((type, position) => pools.encode(row[position] as Value, type));
}

/** The row of these values where it is held, or -1. Interns nothing. */
export function findRow(table: Table, row: Row, pools: Pools): number {
  const cells: number[] = [];
  for (const [position, type] of table.types.entries()) {
    const cell = pools.find(row[position] as Value, type);
    if (cell === null) return -1;
    cells.push(cell);
  }
  return table.find(...cells);
}

export function rowOf(table: Table, row: number, pools: Pools): Row {
  return table.types.map((type, position) => pools.decode(table.columns[position]?.[row] as number, type));
}

export function rowsOf(table: Table, rows: IntList, pools: Pools): Row[] {
  return Array.from(rows.items.subarray(0, rows.length), (row) => rowOf(table, row, pools));
}

/** All visible rows, ascending by their values. */
export function sortedRows(table: Table, pools: Pools): Row[] {
  const rows: number[] = [];
  for (let row = table.nextVisible(-1); row >= 0; row = table.nextVisible(row)) rows.push(row);
  const order = (a: number, b: number): number => {
    for (const [position, type] of table.types.entries()) {
      const column = table.columns[position] as Int32Array;
      const difference = pools.compare(column[a] as number, column[b] as number, type);
      if (difference !== 0) return difference;
    }
    return 0;
  };
  return rows.sort(order).map((row) => rowOf(table, row, pools));
}
