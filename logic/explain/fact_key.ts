import type { Row } from "../../schema/value.ts";

/** A text that two facts share exactly where they are equal. */
export function factKey(relation: string, row: Row): string {
  return JSON.stringify([relation, ...row.map((value) => (typeof value === "bigint" ? [String(value)] : value))]);
}
