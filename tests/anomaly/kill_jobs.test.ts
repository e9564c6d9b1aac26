import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { findTheory } from "../../logic/theory.ts";
import { StrictClock, systemClock } from "../../schema/clock.ts";
import { FactBase } from "../../verify/fact_base.ts";
import { allowJobs } from "../../verify/jobs/allow_jobs.ts";
import { listJobs, readJob } from "../../verify/jobs/job_record.ts";
import { JobRunner } from "../../verify/jobs/job_runner.ts";
import { SHOP, theoryFrom } from "../support/fact_bases.ts";
import { replyingModel } from "../support/gguf.ts";

const LOOP = fileURLToPath(new URL("./job_loop.ts", import.meta.url));
const ROUNDS = 4;
const UNLAWFUL = '{"assert":{"customer":[],"order":[{"id":1,"customer":"Zoe","amount":12}]}}';
const LAWFUL = '{"assert":{"customer":[{"name":"Zoe","credit":5}],"order":[{"id":1,"customer":"Zoe","amount":12.5}]}}';
const learner = replyingModel([
  { text: UNLAWFUL, weights: { "invoice to Zoe": 2 } },
  { text: LAWFUL, weights: { "invoice to Zoe": 1, "shop.customer": 1_000 } },
]);
/** Who a job's delta is of, as its reason ends. */
const OF_JOB = /\((job-[0-9a-f-]+)\/(\d+)\)$/;

/** Runs the loop and kills it `afterMs` after it opened the base; gives what it said had ended. */
async function killedRound(path: string, model: string, round: number, afterMs: number): Promise<Map<string, string>> {
  const child = spawn(process.execPath, [LOOP, path, model, String(round)], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (text.startsWith("open\n") && !child.killed) setTimeout(() => child.kill("SIGKILL"), afterMs);
  }
  await ended;
  assert.equal(child.signalCode, "SIGKILL");
  const whole = text.slice(0, text.lastIndexOf("\n")).split("\n").slice(1);
  return new Map(whole.map((line) => line.split(" ") as [string, string]));
}

test("kill -9 of a process that runs jobs: every committed answer has its job on record, and every job has an end", async () => {
  const folder = mkdtempSync(join(tmpdir(), "assay-kill-"));
  const path = join(folder, "base.db");
  const model = join(folder, "m.gguf");
  writeFileSync(model, learner);
  const clock = new StrictClock(systemClock);
  try {
    const made = await FactBase.create(path, { clock });
    await made.loadTheory([theoryFrom(SHOP), await findTheory("jobs")], { author: "lea", reason: "first" });
    await allowJobs(made, "inquiry", ["customer", "order"], "lea");
    await made.close();
    let interrupted = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const said = await killedRound(path, model, round, 700 + ((round * 137) % 600));
      const base = await FactBase.open(path, { clock });
      const open = (await listJobs(base, { limit: 1_000, state: "running" })).length;
      interrupted += open;
      await (await JobRunner.open(base, clock)).close();
      const jobs = await listJobs(base, { limit: 1_000 });
      assert.ok(jobs.every(({ state }) => state !== "running"));
      for (const [job, state] of said) assert.equal(jobs.find((one) => one.job === job)?.state, state);
      for (const { delta, reason, kind } of await base.log()) {
        const [, job = "", number = ""] = kind === "delta" ? (OF_JOB.exec(reason) ?? []) : [];
        if (job === "") continue;
        const record = await readJob(base, job);
        assert.deepEqual(
          [record?.state, record?.delta, record?.attempts[Number(number) - 1]?.verdict],
          ["accepted", delta, "accepted"],
          "a committed answer is its job's",
        );
      }
      const committed = (await base.log()).filter(({ reason }) => OF_JOB.test(reason)).length;
      assert.equal(jobs.filter(({ state }) => state === "accepted").length, committed);
      assert.equal((await base.checkLog()).ok, true);
      await base.close();
    }
    assert.ok(interrupted > 0, "no round was killed over a job");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
