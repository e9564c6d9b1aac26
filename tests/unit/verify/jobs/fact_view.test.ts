import assert from "node:assert/strict";
import { test } from "node:test";
import { findTheory } from "../../../../logic/theory.ts";
import { AssayError } from "../../../../schema/assay_error.ts";
import { systemClock } from "../../../../schema/clock.ts";
import { allowJobs } from "../../../../verify/jobs/allow_jobs.ts";
import { readView, viewLines } from "../../../../verify/jobs/fact_view.ts";
import { JobRunner, type RecordedOrder } from "../../../../verify/jobs/job_runner.ts";
import { proposal, SHOP, theoryFrom, withBase } from "../../../support/fact_bases.ts";
import { replyingModel } from "../../../support/gguf.ts";
import { withModels } from "../../../support/model_files.ts";

const NEW = '{"assert":{"customer":[{"name":"Zoe","credit":5}],"order":[{"id":1,"customer":"Zoe","amount":2}]}}';
const KNOWN = '{"assert":{"customer":[],"order":[{"id":2,"customer":"Zoe","amount":3}]}}';
/** Makes a customer of Zoe unless it is shown that there is one. */
const reader = replyingModel([
  { text: NEW, weights: { "an invoice": 2 } },
  { text: KNOWN, weights: { "an invoice": 1, 'name = "Zoe"': 1_000 } },
]);
const QUERY = "?- customer(name, credit).";
const order: RecordedOrder = {
  kind: "inquiry",
  task: "Extract the orders.",
  text: "an invoice",
  relations: ["customer", "order"],
  bounds: { rows: 3, characters: 40 },
  proposer: "extractor",
  reason: "invoice",
  seed: 1,
  temperature: 0,
  rounds: 2,
  tokens: 600,
  time_ms: 60_000,
};

test("what a model is shown of the facts is part of its job: other facts, another answer and no receipt", async () => {
  await withModels(async (host, write) => {
    await withBase([theoryFrom(SHOP), await findTheory("jobs")], async (base) => {
      await allowJobs(base, "inquiry", ["customer", "order"], "owner");
      const runner = await JobRunner.open(base, systemClock);
      const model = await host.model({ name: "reader", path: write("m.gguf", reader) });
      const run = async () => runner.run(model, { ...order, view: await readView(base, [QUERY]) });
      const first = await run();
      assert.deepEqual([first.record.state, first.record.attempts[0]?.answer], ["accepted", NEW]);
      const second = await run();
      assert.deepEqual([second.record.state, second.record.attempts[0]?.answer, second.outcome === null], ["accepted", KNOWN, false]);
      const third = await run();
      assert.deepEqual([third.record.job, third.outcome], [second.record.job, null]);
    });
  });
});

test("a view is bounded, tells of nothing and of more, and keeps to its lines", async () => {
  await withBase(
    [theoryFrom(SHOP)],
    async (base) => {
      const told = async () => viewLines(await readView(base, [QUERY]), base.limits);
      assert.deepEqual(await told(), [QUERY, "- none"]);
      await base.propose(proposal({ assert: { customer: ["a\n- b", "c".repeat(500), "d"].map((name, at) => [name, BigInt(at)]) } }));
      const lines = await told();
      assert.deepEqual([lines.length, lines.at(-1)], [4, "- and more"]);
      assert.equal(lines[1], '- name = "a\\n- b", credit = 0');
      assert.ok((lines[2] ?? "").length < base.limits.prompt_characters + 40);
      await assert.rejects(
        readView(base, ["?- nothing(x)."]),
        (thrown) => thrown instanceof AssayError && thrown.code === "query.rejected",
      );
    },
    { prompt_facts: 2 },
  );
});
