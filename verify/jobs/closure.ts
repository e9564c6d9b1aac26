import type { ProposedDelta, ProposedRow } from "../../schema/delta.ts";
import { quoteText } from "../../schema/sql_session.ts";
import type { FactBase } from "../fact_base.ts";
import type { JobKind } from "./job_kind.ts";

/** The relations in which the theory `machine` keeps what compositions put out. */
const OUTPUT = "out";
const KIND = "kind";
const OPEN = "open_at";

/** Whether the theory `machine` is in force, and so outputs have a closure. */
function hasClosure({ program }: Pick<FactBase, "program">): boolean {
  const isBase = (name: string): boolean => program.relations.get(name)?.role === "base";
  return isBase(OUTPUT) && isBase(KIND) && isBase("nuc_points") && program.relations.has(OPEN);
}

/**
 * What a job adds to the delta that its answer is: where the answer puts out elements of fibers (`out`), the job is the composition that
 * puts them out, whatever the answer calls it, and its closure kind is the job's. So the laws of the theory `machine` refuse an output that
 * is not closed as the kind says, before it lands. Other deltas stay as they are.
 */
export function closedAs(base: Pick<FactBase, "program">, job: string, kind: JobKind, delta: ProposedDelta): ProposedDelta {
  const rows = delta.assert.get(OUTPUT);
  if (rows === undefined || !hasClosure(base)) return delta;
  const composition = base.program.relations.get(OUTPUT)?.attributes[0]?.name ?? "";
  const own = rows.map((row): ProposedRow => (Array.isArray(row) ? [job, ...row.slice(1)] : { ...row, [composition]: job }));
  return { ...delta, assert: new Map([...delta.assert, [OUTPUT, own], [KIND, [[job, kind]]]]) };
}

/** The nuclei, `sigma` and `delta`, that what a job put out is open to, as of the last commit. */
export async function leftOpen(base: FactBase, job: string): Promise<string[]> {
  if (!hasClosure(base)) return [];
  const put = await base.query({ sql: `SELECT 1 FROM "${OUTPUT}" WHERE c = ${quoteText(job)} LIMIT 1` });
  if (put.rows.length === 0) return [];
  const { rows } = await base.query({ datalog: `?- ${OUTPUT}(${JSON.stringify(job)}, t, x), ${OPEN}(k, t, x).` });
  return [...new Set(rows.map((row) => String(row[2])))].toSorted();
}
