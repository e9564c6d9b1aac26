import type { FactTable } from "../fact_table.ts";
import type { AlloyTables } from "./sheet.ts";

/** What came of measuring the claims of all documents: how many digests hold under which rule, how many do not, how many could not be measured. */
export interface MeasuringSummary {
  readonly claims: number;
  /** Claims that hold, by the first rule that they hold under. */
  readonly holds: Readonly<Record<string, number>>;
  readonly differs: number;
  /** Claims without a measurement, by the reason. */
  readonly unmeasured: Readonly<Record<string, number>>;
}

export function measuringSummary(tables: AlloyTables): MeasuringSummary {
  const claimed = new Map<string, string>();
  for (const [key, values] of keyed(tables.claimed)) claimed.set(key, values[1] ?? "");
  const holds = new Map<string, string>();
  const measured = new Set<string>();
  for (const [key, [rule = "", digest]] of keyed(tables.measured_digest)) {
    measured.add(key);
    if (!holds.has(key) && claimed.get(key) === digest) holds.set(key, rule);
  }
  const reasons = [...keyed(tables.unmeasured)].map(([, [why = ""]]) => why);
  return { claims: claimed.size, holds: counted(holds.values()), differs: measured.size - holds.size, unmeasured: counted(reasons) };
}

/** The facts of a table that begin with a document, a place and a member, by these. */
function* keyed(table: FactTable): Generator<[string, readonly string[]]> {
  const [alloy = [], parent = [], member = [], ...rest] = table.columns;
  for (let at = 0; at < table.rows; at += 1) {
    yield [`${alloy[at]}\0${parent[at]}\0${member[at]}`, rest.map((column) => String(column[at]))];
  }
}

function counted(values: Iterable<string>): Record<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
