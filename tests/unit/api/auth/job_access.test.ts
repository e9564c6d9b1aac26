import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { makeKey, writeKeys } from "../../../../api/auth/api_keys.ts";
import { ModelShelf } from "../../../../api/jobs/model_shelf.ts";
import { findTheory } from "../../../../logic/theory.ts";
import { systemClock } from "../../../../schema/clock.ts";
import { allowJobs } from "../../../../verify/jobs/allow_jobs.ts";
import { bearer, folder, withDoor } from "../../../support/doors.ts";
import { SHOP, theoryFrom } from "../../../support/fact_bases.ts";
import { replyingModel } from "../../../support/gguf.ts";
import type { Answered } from "../../../support/services.ts";

const LAWFUL = '{"assert":{"customer":[{"name":"Zoe","credit":5}],"order":[]}}';
const NOW = "2026-01-01T00:00:00Z";

interface State {
  readonly job: string;
  readonly status: string;
  readonly error: { readonly code: string } | null;
  readonly result: { readonly state: string; readonly principal: string } | null;
}

test("a job asks for its own grant, its answers for theirs, and its record is its owner's", async () => {
  const home = mkdtempSync(join(tmpdir(), "assay-jobs-"));
  writeFileSync(join(home, "m.gguf"), replyingModel([{ text: LAWFUL, weights: { "invoice to Zoe": 2 } }]));
  const models = new ModelShelf([`zoe=${join(home, "m.gguf")}`], systemClock);
  const keys = join(folder(), "keys.json");
  const [root, alice, bob] = [makeKey("root", ["admin"], NOW, null), makeKey("alice", [], NOW, null), makeKey("bob", [], NOW, null)];
  writeKeys(keys, [root.key, alice.key, bob.key]);
  const theories = [theoryFrom(SHOP), await findTheory("access"), await findTheory("jobs")];
  const settings = { keys };
  try {
    await withDoor(
      settings,
      async ({ base, call, submit }) => {
        await allowJobs(base, "inquiry", ["customer", "order"], "root");
        const as = (key: { readonly text: string }, method: string, path: string, body?: object): Promise<Answered> => {
          const headers = { ...bearer(key.text), prefer: "wait=60", ...(body === undefined ? {} : { "content-type": "application/json" }) };
          return call(method, path, { headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
        };
        const grant = (...rows: readonly string[][]) =>
          submit({ proposer: "root", assert: { grant: rows } }, "/v1/deltas", bearer(root.text));
        const asked = { model: "zoe", text: "An invoice to Zoe.", relations: ["customer", "order"], proposer: "alice" };
        const state = (answered: Answered): State => answered.json.data as unknown as State;
        assert.equal((await as(alice, "POST", "/v1/jobs", asked)).json.error?.code, "auth.forbidden");
        await grant(["key:alice", "generate", "customer"], ["key:alice", "generate", "order"]);

        const failed = state(await as(alice, "POST", "/v1/jobs", asked));
        assert.deepEqual([failed.status, failed.error?.code], ["failed", "auth.forbidden"]);
        await grant(["key:alice", "assert", "customer"]);
        assert.equal(state(await as(alice, "POST", "/v1/jobs", { ...asked, proposer: "bob" })).error?.code, "auth.forbidden");
        const done = state(await as(alice, "POST", "/v1/jobs", asked));
        assert.deepEqual([done.status, done.result?.state, done.result?.principal], ["done", "accepted", "alice"]);
        const path = `/v1/jobs/${done.job}`;
        assert.equal((await as(alice, "GET", path)).status, 200);
        assert.equal((await as(bob, "GET", path)).json.error?.code, "auth.forbidden");
        assert.equal((await as(bob, "GET", `${path}/events`)).json.error?.code, "auth.forbidden");
        assert.equal((await as(bob, "DELETE", path)).json.error?.code, "auth.forbidden");
        assert.equal((await as(alice, "DELETE", path)).json.error?.code, "job.ended");
        assert.equal((await as(bob, "GET", "/v1/jobs")).json.error?.code, "auth.forbidden");
        await grant(["key:bob", "read", "attempt_text"]);
        assert.equal((await as(bob, "GET", path)).status, 200);
        assert.equal((await as(bob, "GET", "/v1/jobs")).status, 200);
        assert.equal((await as(root, "GET", path)).status, 200);
      },
      { theories, models },
    );
  } finally {
    await models.close();
  }
});
