import type { LocalPair } from "../../compute/gluing/concurrent_act.ts";
import { type AccordTables, actTables, type GluedTables, globalTable, glueTables } from "../../compute/gluing/glue_tables.ts";
import type { TextTable } from "../../compute/text_table.ts";
import type { MachineReader } from "./read_machine.ts";

/** Local data held against the squares of a machine; that of one accord, or of all where null. See `glueTables`. */
export async function glueAccords(read: MachineReader, accord: string | null, rows: number): Promise<GluedTables> {
  return glueTables(await readTables(read, accord), rows);
}

/** The section that two sections over the sides of a square act to together, or null. */
export async function actOf(read: MachineReader, pair: LocalPair): Promise<{ readonly u: string; readonly section: string } | null> {
  return actTables(await readTables(read, pair.f), pair);
}

/** The global sections of one accord. Errors: those of `globalSections`. */
export async function globalSectionsOf(read: MachineReader, accord: string, rows: number) {
  const section = await table(read, "section", ["t", "x"], accord);
  return globalTable(section, await table(read, "res", ["u", "t", "x", "y"], accord), rows);
}

/** `fiber` is the accord of the fibers by tables. */
async function readTables(read: MachineReader, accord: string | null): Promise<AccordTables> {
  const columns = ["f", "u", "t", "x", "y"];
  const res = accord === "fiber" ? { columns, rows: [] } : await table(read, "res", columns, accord);
  const isWithFibers = accord === null || accord === "fiber";
  const rho = isWithFibers ? (await table(read, "rho", ["u", "t", "x", "y"], null)).rows.map((row) => ["fiber", ...row]) : [];
  const ext = await table(read, "ext", ["t", "s", "u"], null);
  return { ext, ind: await table(read, "ind", ["a", "b"], null), res: { columns, rows: [...res.rows, ...rho] } };
}

async function table(read: MachineReader, relation: string, columns: readonly string[], accord: string | null): Promise<TextTable> {
  const rows = await read.rows(relation, columns, accord === null ? null : [accord], "f");
  return { columns, rows: rows.map((row) => row.map(String)) };
}
