import assert from "node:assert/strict";
import { test } from "node:test";
import { findTheory } from "../../../../logic/theory.ts";
import { systemClock } from "../../../../schema/clock.ts";
import { allowJobs } from "../../../../verify/jobs/allow_jobs.ts";
import { JobRunner, type RecordedOrder } from "../../../../verify/jobs/job_runner.ts";
import { proposal, withBase } from "../../../support/fact_bases.ts";
import { replyingModel } from "../../../support/gguf.ts";
import { withModels } from "../../../support/model_files.ts";

const putting = (x: string): string => `{"assert":{"out":[{"c":"mine","t":"e","x":"${x}"}]}}`;

/** Says first what transfer does not leave alone, then, when a law is told, what is settled. */
const teller = replyingModel([
  { text: putting("half"), weights: { "is it half": 2 } },
  { text: putting("yes"), weights: { "is it half": 1, "machine.kind_process": 1_000 } },
]);

/** One fiber of two points, one above the other, of which transfer looks at the lower alone: `half` is open to it. */
const FIBER = {
  step: [["a"]],
  hist: [["e"]],
  depth: [["e", 0n]],
  point: [
    ["e", 0n, 1n],
    ["e", 1n, 3n],
  ],
  nuc_points: [["delta", "e", 1n]],
  down_set: [
    ["e", "no", 0n],
    ["e", "half", 1n],
    ["e", "yes", 3n],
  ],
};

const order: Omit<RecordedOrder, "kind"> = {
  task: "What can be said?",
  text: "is it half",
  relations: ["out"],
  bounds: { rows: 2, characters: 20 },
  proposer: "desk",
  reason: "report",
  seed: 1,
  temperature: 0,
  rounds: 2,
  tokens: 400,
  time_ms: 60_000,
};

test("what a job puts out is closed as its kind says, or refused and told; what stays open is on record", async () => {
  await withModels(async (host, write) => {
    await withBase([await findTheory("machine"), await findTheory("jobs")], async (base) => {
      assert.equal((await base.propose(proposal({ assert: FIBER }))).verdict, "accepted");
      for (const kind of ["process", "procedure", "inquiry", "derivation"] as const) await allowJobs(base, kind, ["out"], "owner");
      const model = await host.model({ name: "teller", path: write("m.gguf", teller) });
      const runner = await JobRunner.open(base, systemClock);
      const ran = async (kind: RecordedOrder["kind"]) => (await runner.run(model, { ...order, kind })).record;
      const process = await ran("process");
      assert.deepEqual(
        [process.state, process.attempts.map(({ verdict }) => verdict), process.left_open],
        ["accepted", ["refused", "accepted"], []],
      );
      const procedure = await ran("procedure");
      assert.deepEqual([procedure.state, procedure.attempts.length, procedure.left_open], ["accepted", 1, ["delta"]]);
      const inquiry = await ran("inquiry");
      assert.deepEqual([inquiry.state, inquiry.left_open], ["accepted", ["delta"]]);
      const derivation = await ran("derivation");
      assert.deepEqual([derivation.state, derivation.attempts.length], ["refused", 2]);
      const { rows } = await base.query({ datalog: "?- out(c, t, x), kind(c, k)." });
      assert.deepEqual(
        rows.map(([c, , x, k]) => [c, x, k]).toSorted(),
        [
          [inquiry.job, "half", "inquiry"],
          [procedure.job, "half", "procedure"],
          [process.job, "yes", "process"],
        ].toSorted(),
      );
    });
  });
});
