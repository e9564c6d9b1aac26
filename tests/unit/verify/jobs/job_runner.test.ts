import assert from "node:assert/strict";
import { test } from "node:test";
import type { ModelHost } from "../../../../compute/llama/model_host.ts";
import { findTheory, type Theory, theoryOf } from "../../../../logic/theory.ts";
import { AssayError } from "../../../../schema/assay_error.ts";
import { systemClock } from "../../../../schema/clock.ts";
import type { FactBase } from "../../../../verify/fact_base.ts";
import { allowJobs } from "../../../../verify/jobs/allow_jobs.ts";
import { endInterrupted } from "../../../../verify/jobs/end_interrupted.ts";
import { listJobs, readJob } from "../../../../verify/jobs/job_record.ts";
import { JobRunner, type RecordedOrder } from "../../../../verify/jobs/job_runner.ts";
import { proposal, SHOP, theoryFrom, withBase } from "../../../support/fact_bases.ts";
import { randomModel, replyingModel } from "../../../support/gguf.ts";
import { withModels } from "../../../support/model_files.ts";
import { LAWFUL, learner, UNLAWFUL, zoeOrder } from "../../../support/zoe_job.ts";

const order: RecordedOrder = { ...zoeOrder, kind: "inquiry" };

type Write = (name: string, bytes: Uint8Array) => string;

/** A fact base in which inquiries may write the shop's relations, a runner over it, and models. */
async function withRunner(
  run: (runner: JobRunner, base: FactBase, host: ModelHost, write: Write) => Promise<void>,
  workers = 1,
): Promise<void> {
  await withModels(
    async (host, write) => {
      await withBase([theoryFrom(SHOP), await findTheory("jobs")], async (base) => {
        await allowJobs(base, "inquiry", ["customer", "order"], "owner");
        const runner = await JobRunner.open(base, systemClock);
        try {
          await run(runner, base, host, write);
        } finally {
          await runner.close();
          assert.deepEqual(await endInterrupted(base), [], "no job is left without an end");
        }
      });
    },
    { workers },
  );
}

function codeOf(code: string): (thrown: unknown) => boolean {
  return (thrown) => thrown instanceof AssayError && thrown.code === code;
}

test("a job is on record with all it did, and the same job again is answered by its record", async () => {
  await withRunner(async (runner, base, host, write) => {
    const model = await host.model({ name: "learner", path: write("m.gguf", learner) });
    const { record, outcome } = await runner.run(model, order);
    assert.equal(outcome?.state, "accepted");
    assert.deepEqual(
      record.attempts.map(({ round, answer, verdict, writes }) => [round, answer, verdict, writes]),
      [
        [1, UNLAWFUL, "refused", ["order"]],
        [2, LAWFUL, "accepted", ["customer", "order"]],
      ],
    );
    assert.deepEqual([record.state, record.error, record.model.hash, record.relations], ["accepted", null, model.hash, order.relations]);
    const [commit] = (await base.log({ from: record.commit ?? 0, to: record.commit ?? 0 })).map(({ delta, reason }) => [delta, reason]);
    assert.deepEqual(commit, [record.delta, `zoe.txt (${record.job}/2)`]);
    assert.equal(record.attempts[1]?.prompt_text?.includes("shop.customer"), true);
    await host.close();
    const before = base.head;
    const again = await runner.begin(model, order);
    assert.deepEqual([again.receipt, again.job, (await again.done).outcome], [true, record.job, null]);
    assert.deepEqual((await again.done).record, record);
    assert.equal(base.head, before);
    const fresh = await runner.run(model, { ...order, fresh: true });
    assert.deepEqual([fresh.record.job, fresh.record.state, fresh.record.error?.code], [`${record.job}-2`, "failed", "model.cancelled"]);
    const other = await runner.begin(model, { ...order, seed: 2 });
    assert.equal(other.receipt, false);
    await other.done;
    assert.deepEqual(
      (await listJobs(base, { limit: 10 })).map(({ job, state, attempts }) => [job === record.job, state, attempts]).toSorted(),
      [
        [false, "failed", 0],
        [false, "failed", 0],
        [true, "accepted", 2],
      ],
    );
    assert.equal((await listJobs(base, { limit: 10, state: "accepted" })).length, 1);
  });
});

test("a job that its kind forbids, or that nothing would record, does not begin", async () => {
  await withRunner(async (runner, base, host, write) => {
    const model = await host.model({ name: "learner", path: write("m.gguf", learner) });
    const before = base.head;
    await assert.rejects(runner.begin(model, { ...order, kind: "process" }), codeOf("job.reach"));
    await assert.rejects(runner.begin(model, { ...order, relations: ["open"] }), codeOf("job.reach"));
    await assert.rejects(runner.begin(model, { ...order, relations: ["nothing"] }), codeOf("job.relation"));
    assert.equal(base.head, before);
    await withBase([theoryFrom(SHOP)], async (plain) => {
      const deaf = await JobRunner.open(plain, systemClock);
      await assert.rejects(deaf.begin(model, order), codeOf("job.unrecorded"));
      assert.deepEqual([await readJob(plain, "job-1"), await listJobs(plain, { limit: 1 })], [null, []]);
    });
  });
});

test("what failed is on record with its error, and runs again when asked", async () => {
  await withRunner(async (runner, _base, host, write) => {
    const stubborn = await host.model({
      name: "stubborn",
      path: write("s.gguf", replyingModel([{ text: UNLAWFUL, weights: { "invoice to Zoe": 2 } }])),
    });
    const refused = await runner.run(stubborn, order);
    assert.deepEqual(
      [refused.record.state, refused.record.attempts.map(({ verdict }) => verdict), refused.record.commit],
      ["refused", ["refused", "refused", "refused"], null],
    );
    assert.equal((await runner.begin(stubborn, order)).receipt, false);
    const long = await runner.run(stubborn, { ...order, text: "x ".repeat(10_000) });
    assert.deepEqual([long.record.state, long.record.error?.code, long.record.attempts], ["failed", "model.prompt", []]);
    const random = await host.model({ name: "random", path: write("r.gguf", randomModel(3)) });
    const cut = await runner.run(random, { ...order, rounds: 1, tokens: 10 });
    assert.deepEqual([cut.record.state, cut.record.attempts[0]?.verdict, cut.record.attempts[0]?.delta], ["refused", "rejected", null]);
    const late = await runner.run(random, { ...order, rounds: 1, tokens: 1_500, time_ms: 20, bounds: { rows: 300, characters: 400 } });
    assert.deepEqual([late.record.state, late.record.error?.code], ["failed", "limit.model_ms"]);
  });
});

test("a job that is cancelled, at whatever stage, ends with its record and no half delta", async () => {
  await withRunner(async (runner, base, host, write) => {
    const model = await host.model({ name: "learner", path: write("m.gguf", learner) });
    const random = await host.model({ name: "random", path: write("r.gguf", randomModel(3, 4096)) });
    const orders = async (): Promise<unknown> => (await base.query({ datalog: "?- order(i, c, a)." })).rows;
    const endless = { ...order, temperature: 0.8, tokens: 3_000, bounds: { rows: 900, characters: 900 } };
    const longText = `${"word ".repeat(400)}`;
    const generating = await runner.begin(random, endless, {
      onTokens: (_round, tokens) => void (tokens > 3 && runner.cancel(generating.job)),
    });
    const queued = await runner.begin(model, { ...order, seed: 7 });
    assert.equal(runner.cancel(queued.job), true);
    const [one, two] = await Promise.all([generating.done, queued.done]);
    for (const { record } of [one, two]) {
      assert.deepEqual([record.state, record.error?.code, record.attempts], ["cancelled", "model.cancelled", []]);
    }
    assert.equal(runner.cancel(queued.job), false);
    const reading = await runner.begin(random, { ...endless, tokens: 1_000, text: longText });
    setTimeout(() => runner.cancel(reading.job), 15);
    assert.equal((await reading.done).record.state, "cancelled");
    const between = await runner.begin(model, { ...order, seed: 8 }, { onAttempt: () => void runner.cancel(between.job) });
    const { record } = await between.done;
    assert.deepEqual([record.state, record.attempts.map(({ verdict }) => verdict)], ["cancelled", ["refused"]]);
    assert.deepEqual(await orders(), []);
    const judged = await runner.begin(
      model,
      { ...order, seed: 9 },
      {
        propose: async (delta) => {
          const verdict = base.propose(delta);
          if (delta.assert.has("customer")) runner.cancel(judged.job);
          return verdict;
        },
      },
    );
    const kept = (await judged.done).record;
    assert.deepEqual([kept.state, kept.attempts.length], ["accepted", 2], "what the gate accepts meanwhile stays, and is on record");
    assert.equal(((await orders()) as unknown[]).length, 1);
  });
});

test("a runner that closes ends all of its jobs, each on record", async () => {
  await withRunner(async (runner, base, host, write) => {
    const random = await host.model({ name: "random", path: write("r.gguf", randomModel(3, 4096)) });
    const endless = { ...order, temperature: 0.8, tokens: 3_000, bounds: { rows: 900, characters: 900 } };
    const begun = await Promise.all([1, 2, 3, 4, 5, 6].map((seed) => runner.begin(random, { ...endless, seed })));
    assert.equal(runner.running.length, 6);
    await runner.close();
    for (const { job } of begun) assert.equal((await readJob(base, job))?.state, "cancelled");
    await assert.rejects(runner.begin(random, endless), codeOf("model.cancelled"));
    assert.equal((await base.checkLog()).ok, true);
  });
});

test("the same job begun several times at once is several jobs", async () => {
  await withRunner(async (runner, _base, host, write) => {
    const model = await host.model({ name: "learner", path: write("m.gguf", learner) });
    const begun = await Promise.all([1, 2, 3].map(() => runner.begin(model, order)));
    assert.equal(new Set(begun.map(({ job }) => job)).size, 3);
    const states = await Promise.all(begun.map(async ({ done }) => (await done).record.state));
    assert.deepEqual(states, ["accepted", "accepted", "accepted"]);
  });
});

test("while a job runs nobody takes away what it may write, and what cannot be recorded is not committed", async () => {
  await withModels(async (host, write) => {
    const strict = `/// @law strict.answer error "{job} answered with {tokens} tokens"
.decl long_answer(job:symbol, tokens:number)
long_answer(j, t) :- attempt(j, _, _, _, t, _), t > 30.`;
    const model = await host.model({ name: "learner", path: write("m.gguf", learner) });
    await withBase([theoryFrom(SHOP), await findTheory("jobs")], async (base) => {
      await allowJobs(base, "inquiry", ["customer", "order"], "owner");
      const runner = await JobRunner.open(base, systemClock);
      const verdicts: string[] = [];
      const run = await runner.begin(model, order, {
        propose: async (delta) => {
          verdicts.push((await base.propose(proposal({ retract: { may_write: [["inquiry", "order"]] } }))).verdict);
          return base.propose(delta);
        },
      });
      assert.equal((await run.done).record.state, "accepted");
      assert.deepEqual(verdicts, ["refused", "refused"]);
    });
    await withBase([theoryFrom(SHOP), await findTheory("jobs"), needing(strict)], async (base) => {
      await allowJobs(base, "inquiry", ["customer", "order"], "owner");
      const runner = await JobRunner.open(base, systemClock);
      const { record } = await runner.run(model, order);
      assert.deepEqual(
        [record.state, record.error?.code, record.attempts.map(({ verdict }) => verdict)],
        ["failed", "job.record", ["refused"]],
        "the second answer is longer than the law lets any be on record",
      );
      assert.deepEqual((await base.query({ datalog: "?- order(i, c, a)." })).rows, []);
    });
  });
});

/** A theory over that of jobs. */
function needing(program: string): Theory {
  const manifest = '[theory]\nname = "strict"\nversion = "1.0.0"\ndescription = "for tests"\nneeds = ["jobs"]\n';
  return theoryOf(
    new Map([
      ["theory.toml", manifest],
      ["strict.dl", program],
    ]),
  );
}
