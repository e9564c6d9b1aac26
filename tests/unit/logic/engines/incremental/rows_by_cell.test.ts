import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { rowsByCell } from "../../../../../logic/engines/incremental/rows_by_cell.ts";

test("rows come ascending by cell, equal ones in their own order, near and far apart", () => {
  const near = fc.integer({ min: -20, max: 20 });
  const far = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
  fc.assert(
    fc.property(fc.array(fc.oneof(near, far), { maxLength: 60 }), fc.nat(10), (cells, skip) => {
      const from = Math.min(skip, cells.length);
      const expected = cells
        .map((cell, row) => ({ cell, row }))
        .slice(from)
        .sort((a, b) => a.cell - b.cell || a.row - b.row);
      assert.deepEqual(
        [...(rowsByCell(Int32Array.from(cells), from, cells.length) ?? [])],
        expected.map(({ row }) => row),
      );
    }),
  );
});
