import type { Row, Value } from "../../schema/value.ts";

/** Orders rows of one relation by their values, column by column; symbols by code point, as SQL and every engine order them. */
export function compareRows(a: Row, b: Row): number {
  for (let index = 0; index < a.length; index += 1) {
    const order = compareValues(a[index] as Value, b[index] as Value);
    if (order !== 0) return order;
  }
  return 0;
}

function compareValues(a: Value, b: Value): number {
  if (typeof a === "string" && typeof b === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}
