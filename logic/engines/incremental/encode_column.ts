import type { SqlColumn } from "../../../schema/sql_session.ts";
import { unreachable } from "../../../schema/unreachable.ts";
import { INLINE_END, type Pools } from "./pools.ts";

/** One column of rows as cells. */
export interface ColumnChunk {
  readonly cells: Int32Array;
}

/** A column of rows as values: of a chunk that DuckDB gave, or texts. */
export type ValueColumn = SqlColumn | { readonly kind: "texts"; readonly values: readonly string[] };

/**
 * Writes the cells of a column's rows, one a place of `cells`. A loop a type, which every value of a load passes; integers cost no BigInt.
 * Errors: `EngineLimit("engine_mb")`.
 */
export function encodeColumn(pools: Pools, column: ValueColumn, cells: Int32Array): void {
  switch (column.kind) {
    case "number": {
      const words = halvesOf(column.values);
      for (let at = 0; at < cells.length; at++) {
        const low = words[2 * at] as number;
        const high = words[2 * at + 1] as number;
        const inline = high === low >> 31 && low < INLINE_END && low >= -INLINE_END;
        cells[at] = inline ? low : pools.numberCellOfHalves(low, high);
      }
      return;
    }
    case "unsigned": {
      const words = halvesOf(column.values);
      for (let at = 0; at < cells.length; at++)
        cells[at] = pools.unsignedCellOfHalves(words[2 * at] as number, words[2 * at + 1] as number);
      return;
    }
    case "float":
      for (let at = 0; at < cells.length; at++) cells[at] = pools.floatCell(column.values[at] as number);
      return;
    case "symbol":
      column.forEach((bytes, start, end, at) => {
        cells[at] = pools.symbols.internBytes(bytes, start, end);
      });
      return;
    case "texts":
      for (let at = 0; at < cells.length; at++) cells[at] = pools.symbols.intern(column.values[at] as string);
      return;
    default:
      unreachable(column);
  }
}

function halvesOf(values: BigInt64Array | BigUint64Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
}
