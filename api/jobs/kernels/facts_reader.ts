import type { Value } from "../../../schema/value.ts";
import type { KernelFacts } from "../../../verify/jobs/kernel.ts";
import type { MachineReader } from "../../machine/read_machine.ts";

/** Reads the machine from facts at hand, as `machineReader` does from a fact base. */
export function factsReader(facts: KernelFacts): MachineReader {
  return {
    asOf: 0,
    async rows(relation, columns, histories = null, by = "t") {
      const table = facts.get(relation);
      if (table === undefined) throw new Error(`a kernel reads \`${relation}\`, which it did not name`);
      const places = columns.map((column) => table.columns.indexOf(column));
      const at = table.columns.indexOf(by);
      const wanted = histories === null ? null : new Set(histories);
      const own = table.rows.filter((row) => wanted === null || wanted.has(String(row[at])));
      const rows = own.map((row) => places.map((place) => row[place] as Value));
      return rows.toSorted((a, b) => compareRows(a, b));
    },
  };
}

function compareRows(a: readonly Value[], b: readonly Value[]): number {
  for (const [index, value] of a.entries()) {
    const other = b[index] as Value;
    if (value !== other) return value < other ? -1 : 1;
  }
  return 0;
}
