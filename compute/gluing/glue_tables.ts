import { ComputePool } from "../compute_pool.ts";
import { fromFrame, type TextTable, toFrame, toStream } from "../text_table.ts";
import { type FarSection, type LocalPair, pickAct } from "./concurrent_act.ts";
import { type Gluing, glue } from "./families.ts";
import { globalSections } from "./global_sections.ts";

/** The edges (t, s, u), independence (a, b) and restrictions (f, u, t, x, y) of a machine. */
export interface AccordTables {
  readonly ext: TextTable;
  readonly ind: TextTable;
  readonly res: TextTable;
}

/** What `glue` finds, as counts, and the first rows of what is wrong. */
export interface GluedTables {
  readonly families: number;
  readonly amalgamations: number;
  readonly missing: number;
  readonly double: number;
  readonly firstMissing: TextTable;
  readonly firstDouble: TextTable;
}

/** So many restrictions are worth a worker thread. */
const LARGE_ROWS = 100_000;

/** As `glue`, where there is much in a worker thread. Lists the first `rows` of what is missing and double. Errors: those of the pool. */
export async function glueTables(tables: AccordTables, rows: number): Promise<GluedTables> {
  const { families, amalgamations, missing, double } = await gluing(tables);
  const counts = { families: families.height, amalgamations: amalgamations.height, missing: missing.height, double: double.height };
  return { ...counts, firstMissing: fromFrame(missing, rows), firstDouble: fromFrame(double, rows) };
}

/** As `concurrentAct`. */
export async function actTables(tables: AccordTables, pair: LocalPair): Promise<FarSection | null> {
  return pickAct((await gluing(tables)).amalgamations, pair);
}

/** As `globalSections`: the first `rows` of them, and how many there are. */
export function globalTable(section: TextTable, res: TextTable, rows: number): { readonly count: number; readonly first: TextTable } {
  const found = globalSections({ section: toFrame(section).lazy(), res: toFrame(res).lazy() });
  return { count: found.height, first: fromFrame(found, rows) };
}

async function gluing(tables: AccordTables): Promise<Gluing> {
  const [ext, ind, res] = [toFrame(tables.ext), toFrame(tables.ind), toFrame(tables.res)];
  if (res.height <= LARGE_ROWS) return glue({ ext: ext.lazy(), ind: ind.lazy(), res: res.lazy() });
  const pool = new ComputePool();
  try {
    return await pool.gluing({ ext: toStream(ext), ind: toStream(ind), res: toStream(res) });
  } finally {
    await pool.close();
  }
}
