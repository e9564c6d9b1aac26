import { AssayError } from "../../schema/assay_error.ts";
import { quoteName, quoteText, type SqlValue } from "../../schema/sql_session.ts";
import type { FactBase } from "../../verify/fact_base.ts";

/** Reads base relations of the theory `machine`, all as of one commit. */
export interface MachineReader {
  readonly asOf: number;
  /** Rows in ascending order; those of the given histories alone, where some are given, by the attribute `by`. */
  rows(relation: string, columns: readonly string[], histories?: readonly string[] | null, by?: string): Promise<SqlValue[][]>;
}

/** Errors: `machine.no_machine` where the theory is not loaded; later `limit.query_rows`, `query.commit`. */
export function machineReader(base: FactBase, asOf: number | null): MachineReader {
  if (!base.program.relations.has("nuc_points")) throw new AssayError("machine.no_machine", "the fact base has no theory `machine`");
  const at = asOf ?? base.head;
  return {
    asOf: at,
    async rows(relation, columns, histories = null, by = "t") {
      const list = columns.map(quoteName).join(", ");
      const where = histories === null ? "" : ` WHERE ${quoteName(by)} IN (${histories.map(quoteText).join(", ") || "NULL"})`;
      const sql = `SELECT ${list} FROM ${quoteName(relation)}${where} ORDER BY ${list}`;
      return (await base.query({ sql }, { asOf: at })).rows.map((row) => [...row]);
    },
  };
}

/** The steps of a machine and the pairs of independent ones. */
export async function readPresentation(read: MachineReader) {
  const steps = (await read.rows("step", ["s"])).map(([s]) => String(s));
  const independent = (await read.rows("ind", ["a", "b"])).map(([a, b]) => [String(a), String(b)] as const);
  return { steps, independent };
}
