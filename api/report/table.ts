import type { Value, ValueType } from "../../schema/value.ts";

/** The answer of a query, whatever asked it: what every printer of rows takes. A null is SQL's NULL. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly (Value | null)[])[];
}

export interface Column {
  readonly name: string;
  readonly type: ValueType;
}
