/**
 * Question: what does a full evaluation from nothing cost in the incremental engine, recursion over millions of tuples?
 * Hypothesis: ahead of compiled Soufflé on at least two of three, never worse than 1.5 times, and ahead of DuckDB's recursive CTE on closure.
 * Peers in the same run: DuckDB's recursive CTE written by hand; Soufflé's interpreter and its compiled program, single-threaded, where there
 * is a Soufflé (their reading included, their 10 to 25 seconds of compiling not).
 * Environment: EVALUATION_ROUNDS=3, EVALUATION_ONLY=points (part of a name).
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadEngine } from "../logic/engines/incremental/load_engine.ts";
import { compile } from "../logic/language/compile.ts";
import { readPrograms } from "../logic/language/read_programs.ts";
import { systemClock } from "../schema/clock.ts";
import { limitsWith } from "../schema/limits.ts";
import { quoteName } from "../schema/sql_session.ts";
import { type DuckDbSession, openMemory } from "../verify/store/duckdb_session.ts";
import { type Workload, workloads } from "./full_evaluation/workloads.ts";
import { measure, printMeasured } from "./measure.ts";
import { compileSouffle, factFolder, findSouffle, runCompiled, runSouffle } from "./souffle.ts";

const ROUNDS = Number(process.env["EVALUATION_ROUNDS"] ?? 3);
const OURS = "assay, incremental (reading included)";
const souffle = findSouffle();
if (souffle === null) process.stdout.write("souffle: not on this machine, left out\n");

async function ours(workload: Workload, session: DuckDbSession): Promise<number> {
  const { programs } = readPrograms([{ path: "workload.dl", text: workload.program }], () => null);
  const { program } = compile([{ theory: "workload", programs }]);
  if (program === null) throw new Error(`${workload.name} does not compile`);
  const input = { program, limits: limitsWith(), clock: systemClock, session, table: quoteName, watch: [workload.derived] };
  const { engine, undecided } = await loadEngine(input);
  if (undecided !== null) throw new Error(undecided.detail);
  return engine.count(workload.derived);
}

async function byHand(sql: string, session: DuckDbSession): Promise<number> {
  return Number((await session.rows(sql))[0]?.[0]);
}

/** Soufflé as contenders, each counting the derived relation. */
async function souffleContenders(workload: Workload, session: DuckDbSession, command: string, folder: string) {
  const source = join(folder, "workload.dl");
  writeFileSync(source, workload.program.replace(".output ", ".printsize "));
  const facts = await factFolder(session, Object.fromEntries(Object.keys(workload.facts).map((name) => [name, quoteName(name)])));
  const binary = compileSouffle(command, source, join(folder, "workload"));
  const size = (output: string): number => Number(output.split("\t")[1]);
  return {
    "Soufflé, interpreter": async () => size(runSouffle(command, source, facts.path)),
    ...(binary === null ? {} : { "Soufflé, compiled": async () => size(runCompiled(binary, facts.path)) }),
  };
}

for (const workload of workloads.filter(({ name }) => name.includes(process.env["EVALUATION_ONLY"] ?? ""))) {
  const session = await openMemory();
  const folder = mkdtempSync(join(tmpdir(), "assay-evaluation-"));
  for (const [name, select] of Object.entries(workload.facts)) await session.run(`CREATE TABLE ${quoteName(name)} AS ${select}`);
  const { byHand: sql } = workload;
  const contenders: Record<string, () => Promise<number>> = {
    [OURS]: () => ours(workload, session),
    ...(sql === null ? {} : { "DuckDB, recursive CTE by hand": () => byHand(sql, session) }),
    ...(souffle === null ? {} : await souffleContenders(workload, session, souffle, folder)),
  };
  const counts = new Set<number>();
  for (const count of Object.values(contenders)) counts.add(await count());
  if (counts.size !== 1) throw new Error(`${workload.name}: the contenders count ${[...counts].join(" and ")}`);
  printMeasured(`${workload.name}: ${[...counts][0]?.toLocaleString("en")} tuples`, await measure(contenders, ROUNDS), OURS);
  rmSync(folder, { recursive: true, force: true });
  session.close();
}
