/**
 * Question: what does a recheck after a change cost in the Train Benchmark (six constraints over a railway), beside tools that judge from nothing?
 * Hypothesis: the incremental engine follows the change, so its time is flat in the size; at size 512 it rechecks 60 injected changes at least
 * 150 times faster than DuckDB from nothing and 1,000 times faster than SQLite with indexes.
 * Peers in the same run: DuckDB from nothing by hand-written SQL and by our lowering, SQLite, clingo and Soufflé where they are on this machine.
 * Match counts of every tool are held against a walk over the object model after every check.
 * Environment: TRAIN_SIZES=1,8,64,512; TRAIN_WORKLOADS=inject,repair; TRAIN_BUDGET_S=15, what one tool may spend at one size.
 */
import { writeFileSync } from "node:fs";
import { findSouffle } from "./souffle.ts";
import { plot } from "./train/plot.ts";
import { type Race, race } from "./train/race.ts";
import { railwayTable, roundOf, table } from "./train/report.ts";
import type { TrainTool } from "./train/tool.ts";
import { assayDuckDb } from "./train/tools/assay_duckdb.ts";
import { assayIncremental, OURS } from "./train/tools/assay_incremental.ts";
import { clingo, findClingo } from "./train/tools/clingo.ts";
import { duckDbByHand } from "./train/tools/duckdb_by_hand.ts";
import { souffle } from "./train/tools/souffle.ts";
import { sqlite } from "./train/tools/sqlite.ts";

/** As many as the benchmark's master branch injects in. */
const ROUNDS = 12;
const sizes = (process.env["TRAIN_SIZES"] ?? "1,8,64,512").split(",").map(Number);
const workloads = (process.env["TRAIN_WORKLOADS"] ?? "inject,repair").split(",") as ("inject" | "repair")[];
const budget_ms = Number(process.env["TRAIN_BUDGET_S"] ?? 15) * 1000;
const souffleCommand = findSouffle();
const clingoCommand = findClingo();
if (souffleCommand === null) process.stdout.write("souffle: not on this machine, left out\n");
if (clingoCommand === null) process.stdout.write("clingo: not on this machine, left out\n");

async function contenders(): Promise<TrainTool[]> {
  const processes = [
    ...(souffleCommand === null ? [] : [souffle(souffleCommand, budget_ms)]),
    ...(clingoCommand === null ? [] : [clingo(clingoCommand, budget_ms)]),
  ];
  return [await assayIncremental(), await duckDbByHand(), await assayDuckDb(), sqlite(), ...processes];
}

async function run(workload: "inject" | "repair"): Promise<Race[]> {
  const races: Race[] = [];
  const over = new Set<string>();
  for (const size of sizes) {
    const tools = await contenders();
    const racing = tools.filter((tool) => !over.has(tool.name));
    for (const tool of tools) if (over.has(tool.name)) await tool.close();
    const ran = await race({ workload, size, rounds: ROUNDS, budget_ms }, racing);
    for (const timing of ran.timings) if (timing.isOver) over.add(timing.tool);
    process.stdout.write(`\n${workload}, size ${size}\n${table([ran], OURS)}`);
    races.push(ran);
  }
  return races;
}

function curves(races: readonly Race[], of: (timing: Race["timings"][number]) => number | null) {
  const names = [...new Set(races.flatMap((ran) => ran.timings.map((timing) => timing.tool)))];
  return names.map((name) => {
    const points = races.flatMap(({ size, timings }) => {
      const timing = timings.find((one) => one.tool === name);
      const value = timing === undefined ? null : of(timing);
      return value === null || Number.isNaN(value) ? [] : [[size, value] as const];
    });
    return { name, points };
  });
}

for (const workload of workloads) {
  const races = await run(workload);
  const title = `Train Benchmark, ${workload}`;
  const panels = [
    { title: `${workload}: change and recheck`, series: curves(races, roundOf) },
    { title: `${workload}: first check`, series: curves(races, (timing) => timing.firstCheck_ms) },
  ];
  const at = (name: string): URL => new URL(`./train/${name}`, import.meta.url);
  writeFileSync(at(`${workload}.svg`), plot(panels, "size", "milliseconds"));
  writeFileSync(at(`${workload}.md`), `# ${title}\n\n${railwayTable(races)}\n${table(races, OURS)}`);
  process.stdout.write(`\nwritten: benchmarks/train/${workload}.md, benchmarks/train/${workload}.svg\n`);
}
