import { AssayError } from "../../schema/assay_error.ts";
import type { Limits } from "../../schema/limits.ts";
import type { Row, ValueType } from "../../schema/value.ts";
import { FactTable, type PlaceOfRow } from "../fact_table.ts";
import type { Places } from "./places.ts";

/** How the place of a fact follows from its columns. */
type Placing = "member" | "pointer" | "document" | "path";

const SYMBOL = "symbol";
const NUMBER = "number";

/** The base relations of the theory `alloy` that documents fill, with the types of their attributes. */
const RELATIONS = {
  file: { types: [SYMBOL, SYMBOL], placing: "document" },
  unread: { types: [SYMBOL, SYMBOL, SYMBOL], placing: "path" },
  judged: { types: [SYMBOL, NUMBER], placing: "document" },
  object: { types: [SYMBOL, SYMBOL, SYMBOL, SYMBOL], placing: "member" },
  array: { types: [SYMBOL, SYMBOL, SYMBOL, SYMBOL, NUMBER], placing: "member" },
  text: { types: [SYMBOL, SYMBOL, SYMBOL, SYMBOL], placing: "member" },
  long_text: { types: [SYMBOL, SYMBOL, SYMBOL, SYMBOL, NUMBER], placing: "member" },
  integer: { types: [SYMBOL, SYMBOL, SYMBOL, NUMBER], placing: "member" },
  decimal: { types: [SYMBOL, SYMBOL, SYMBOL, NUMBER, NUMBER], placing: "member" },
  unfit_number: { types: [SYMBOL, SYMBOL, SYMBOL, SYMBOL], placing: "member" },
  flag: { types: [SYMBOL, SYMBOL, SYMBOL, SYMBOL], placing: "member" },
  null: { types: [SYMBOL, SYMBOL, SYMBOL], placing: "member" },
  repeated: { types: [SYMBOL, SYMBOL, SYMBOL], placing: "member" },
  time: { types: [SYMBOL, SYMBOL, SYMBOL, NUMBER, SYMBOL], placing: "member" },
  count_text: { types: [SYMBOL, SYMBOL, SYMBOL, NUMBER, NUMBER], placing: "member" },
  memory_text: { types: [SYMBOL, SYMBOL, SYMBOL, NUMBER], placing: "member" },
  version_text: { types: [SYMBOL, SYMBOL, SYMBOL, NUMBER, NUMBER, NUMBER], placing: "member" },
  nonce_bytes: { types: [SYMBOL, SYMBOL, SYMBOL, NUMBER], placing: "member" },
  claimed: { types: [SYMBOL, SYMBOL, SYMBOL, SYMBOL, SYMBOL], placing: "member" },
  measured_digest: { types: [SYMBOL, SYMBOL, SYMBOL, SYMBOL, SYMBOL], placing: "member" },
  unmeasured: { types: [SYMBOL, SYMBOL, SYMBOL, SYMBOL], placing: "member" },
  digest: { types: [SYMBOL, SYMBOL, SYMBOL], placing: "document" },
  measured_bytes: { types: [SYMBOL, SYMBOL, NUMBER], placing: "pointer" },
  signature: { types: [SYMBOL, SYMBOL, SYMBOL, SYMBOL, SYMBOL], placing: "pointer" },
  embedded_key: { types: [SYMBOL, SYMBOL, SYMBOL], placing: "pointer" },
  certificate: { types: [SYMBOL, SYMBOL, NUMBER, SYMBOL, NUMBER, NUMBER, SYMBOL, SYMBOL], placing: "pointer" },
} as const satisfies Record<string, { readonly types: readonly ValueType[]; readonly placing: Placing }>;

export type DocumentRelation = keyof typeof RELATIONS;

export type AlloyTables = { readonly [name in DocumentRelation]: FactTable };

/** The tables that documents fill, empty. */
export function makeTables(places: Places): AlloyTables {
  const entries = Object.entries(RELATIONS).map(([name, { types, placing }]) => [
    name,
    new FactTable(name, types, placer(places, placing)),
  ]);
  return Object.fromEntries(entries) as Record<DocumentRelation, FactTable>;
}

/** Errors: `limit.alloy_facts`. */
export function checkCount(tables: AlloyTables, limits: Pick<Limits, "alloy_facts">): void {
  const count = Object.values(tables).reduce((sum, table) => sum + table.rows, 0);
  if (count <= limits.alloy_facts) return;
  throw new AssayError("limit.alloy_facts", `the documents hold more facts than the bound alloy_facts, ${limits.alloy_facts}`);
}

function placer(places: Places, placing: Placing): PlaceOfRow {
  const text = (row: Row, column: number): string => row[column] as string;
  switch (placing) {
    case "member":
      return (row) => places.ofMember(text(row, 0), text(row, 1), text(row, 2));
    case "pointer":
      return (row) => places.ofPointer(text(row, 0), text(row, 1));
    case "document":
      return (row) => places.ofPointer(text(row, 0), "");
    default:
      return (row) => places.ofPath(text(row, 0));
  }
}
