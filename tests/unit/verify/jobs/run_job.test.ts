import assert from "node:assert/strict";
import { test } from "node:test";
import { AssayError } from "../../../../schema/assay_error.ts";
import { runJob } from "../../../../verify/jobs/run_job.ts";
import { SHOP, steppingClock, theoryFrom, withBase } from "../../../support/fact_bases.ts";
import { randomModel, replyingModel } from "../../../support/gguf.ts";
import { withModels } from "../../../support/model_files.ts";
import { LAWFUL, learner, zoeOrder as order, UNLAWFUL } from "../../../support/zoe_job.ts";

test("what the gate refuses is told to the model, whose next answer is committed; both attempts are kept", async () => {
  await withModels(async (host, write) => {
    await withBase([theoryFrom(SHOP)], async (base) => {
      const model = await host.model({ name: "learner", path: write("m.gguf", learner) });
      const outcome = await runJob(base, model, order, { clock: steppingClock() });
      assert.deepEqual(
        outcome.attempts.map(({ answer, verdict }) => [answer, verdict?.verdict, verdict?.violations.map(({ law }) => law)]),
        [
          [UNLAWFUL, "refused", ["shop.customer"]],
          [LAWFUL, "accepted", []],
        ],
      );
      assert.equal(outcome.state, "accepted");
      assert.equal(outcome.commit, base.head);
      const { rows } = await base.query({ datalog: "?- order(i, c, a)." });
      assert.deepEqual(rows, [[9_007_199_254_740_993n, "Zoe", 12.5]]);
      assert.equal((await base.refusals()).length, 1);
    });
  });
});

test("a job that finds nothing lawful ends refused after its rounds, and commits nothing", async () => {
  await withModels(async (host, write) => {
    await withBase([theoryFrom(SHOP)], async (base) => {
      const before = base.head;
      const stubborn = replyingModel([{ text: UNLAWFUL, weights: { "invoice to Zoe": 2 } }]);
      const model = await host.model({ name: "stubborn", path: write("m.gguf", stubborn) });
      const outcome = await runJob(base, model, order, { clock: steppingClock() });
      assert.deepEqual([outcome.state, outcome.attempts.length, outcome.commit, base.head], ["refused", 3, null, before]);
      const random = await host.model({ name: "random", path: write("r.gguf", randomModel(3)) });
      const cut = await runJob(base, random, { ...order, rounds: 1, tokens: 10 }, { clock: steppingClock() });
      assert.deepEqual([cut.state, cut.attempts[0]?.rejected?.code, cut.attempts[0]?.verdict], ["refused", "job.answer", null]);
      const large = { ...order, text: "x ".repeat(10_000) };
      const failed = await runJob(base, model, large, { clock: steppingClock() });
      assert.deepEqual(
        [failed.state, failed.error instanceof AssayError && failed.error.code, base.head],
        ["failed", "model.prompt", before],
      );
    });
  });
});

test("a job cancelled between two rounds keeps the first and commits nothing", async () => {
  await withModels(async (host, write) => {
    await withBase([theoryFrom(SHOP)], async (base) => {
      const before = base.head;
      const model = await host.model({ name: "learner", path: write("m.gguf", learner) });
      const stop = new AbortController();
      const options = { clock: steppingClock(), signal: stop.signal, onAttempt: () => stop.abort(new Error("enough")) };
      const outcome = await runJob(base, model, order, options);
      assert.deepEqual([outcome.state, outcome.attempts.length, base.head], ["cancelled", 1, before]);
    });
  });
});
