import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { ModelShelf } from "../../../../api/jobs/model_shelf.ts";
import { findTheory } from "../../../../logic/theory.ts";
import { systemClock } from "../../../../schema/clock.ts";
import { allowJobs } from "../../../../verify/jobs/allow_jobs.ts";
import { agent, callTool } from "../../../support/agents.ts";
import { SHOP, theoryFrom } from "../../../support/fact_bases.ts";
import { replyingModel } from "../../../support/gguf.ts";
import { withService } from "../../../support/services.ts";

const UNLAWFUL = '{"assert":{"customer":[],"order":[{"id":1,"customer":"Zoe","amount":12}]}}';
const LAWFUL = '{"assert":{"customer":[{"name":"Zoe","credit":5}],"order":[{"id":1,"customer":"Zoe","amount":12.5}]}}';

test("an agent has another model extract facts, sees what was refused and why, and gets the receipt the second time", async () => {
  const home = mkdtempSync(join(tmpdir(), "assay-jobs-"));
  const learner = replyingModel([
    { text: UNLAWFUL, weights: { "invoice to Zoe": 2 } },
    { text: LAWFUL, weights: { "invoice to Zoe": 1, "shop.customer": 1_000 } },
  ]);
  writeFileSync(join(home, "m.gguf"), learner);
  const models = new ModelShelf([`learner=${join(home, "m.gguf")}`], systemClock);
  try {
    await withService(
      async ({ base, url }) => {
        await allowJobs(base, "inquiry", ["customer", "order"], "owner");
        const client = agent("modern");
        await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`)));
        const asked = { model: "learner", text: "An invoice to Zoe.", relations: ["customer", "order"], tokens: 600 };
        const first = await callTool(client, "run_job", asked);
        const attempts = first.data["attempts"] as { verdict: string; answer: string; reasons: string[] }[];
        assert.deepEqual([first.isError, first.data["state"], first.data["receipt"]], [false, "accepted", false]);
        assert.deepEqual(
          attempts.map(({ verdict, answer, reasons }) => [verdict, answer, reasons.length]),
          [
            ["refused", UNLAWFUL, 1],
            ["accepted", LAWFUL, 0],
          ],
        );
        const again = await callTool(client, "run_job", asked);
        assert.deepEqual([again.data["job"], again.data["receipt"]], [first.data["job"], true]);
        const wrong = await callTool(client, "run_job", { ...asked, model: "other" });
        assert.deepEqual([wrong.isError, wrong.error?.code], [true, "job.model"]);
        await client.close();
      },
      { theories: [theoryFrom(SHOP), await findTheory("jobs")], models },
    );
  } finally {
    await models.close();
    rmSync(home, { recursive: true });
  }
});
