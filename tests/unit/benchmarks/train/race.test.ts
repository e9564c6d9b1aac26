import assert from "node:assert/strict";
import { test } from "node:test";
import { findSouffle } from "../../../../benchmarks/souffle.ts";
import { plot } from "../../../../benchmarks/train/plot.ts";
import { race } from "../../../../benchmarks/train/race.ts";
import { table } from "../../../../benchmarks/train/report.ts";
import type { MatchCounts } from "../../../../benchmarks/train/rules.ts";
import type { TrainTool } from "../../../../benchmarks/train/tool.ts";
import { assayDuckDb } from "../../../../benchmarks/train/tools/assay_duckdb.ts";
import { assayIncremental } from "../../../../benchmarks/train/tools/assay_incremental.ts";
import { clingo, findClingo } from "../../../../benchmarks/train/tools/clingo.ts";
import { duckDbByHand } from "../../../../benchmarks/train/tools/duckdb_by_hand.ts";
import { souffle } from "../../../../benchmarks/train/tools/souffle.ts";
import { sqlite } from "../../../../benchmarks/train/tools/sqlite.ts";

const BUDGET_MS = 60_000;

async function contenders(): Promise<TrainTool[]> {
  const [souffleCommand, clingoCommand] = [findSouffle(), findClingo()];
  return [
    await assayIncremental(),
    await duckDbByHand(),
    await assayDuckDb(),
    sqlite(),
    ...(souffleCommand === null ? [] : [souffle(souffleCommand, BUDGET_MS)]),
    ...(clingoCommand === null ? [] : [clingo(clingoCommand, BUDGET_MS)]),
  ];
}

for (const workload of ["inject", "repair"] as const) {
  test(`${workload}: every tool finds the matches of the object model after each round`, async () => {
    const tools = await contenders();
    const ran = await race({ workload, size: 2, rounds: 3, budget_ms: BUDGET_MS }, tools);
    assert.equal(ran.changes.length, 3);
    assert.ok(ran.changes.every((count) => count > 0));
    assert.ok(ran.timings.length >= 4);
    for (const timing of ran.timings) assert.equal(timing.rounds, 3, timing.tool);
    assert.equal(table([ran], "SQLite with indexes").split("\n").length, ran.timings.length + 3);
  });
}

test("a tool that miscounts ends the race", async () => {
  const wrong = sqlite();
  const tool: TrainTool = { ...wrong, check: async (): Promise<MatchCounts> => ({ ...(await wrong.check()), PosLength: 0 }) };
  await assert.rejects(race({ workload: "inject", size: 1, rounds: 1, budget_ms: BUDGET_MS }, [tool]), /PosLength/);
});

test("a tool that passes its budget runs no further rounds", async () => {
  const ran = await race({ workload: "inject", size: 1, rounds: 3, budget_ms: 0 }, [sqlite()]);
  assert.deepEqual(
    ran.timings.map((timing) => [timing.isOver, timing.rounds, timing.change_ms]),
    [[true, 0, null]],
  );
});

test("a plot is an SVG document with one path a curve", () => {
  const series = [
    { name: "a", points: [[1, 0.5] as const, [8, 4] as const] },
    { name: "b", points: [[1, 100] as const] },
  ];
  const svg = plot([{ title: "t", series }], "size", "milliseconds");
  assert.match(svg, /^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
  assert.equal(svg.match(/fill="none"/g)?.length, 2);
  assert.equal(svg.match(/<circle/g)?.length, 3);
  assert.ok(!svg.includes("NaN"));
});
