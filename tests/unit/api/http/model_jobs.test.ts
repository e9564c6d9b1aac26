import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ModelShelf } from "../../../../api/jobs/model_shelf.ts";
import { findTheory } from "../../../../logic/theory.ts";
import { systemClock } from "../../../../schema/clock.ts";
import { allowJobs } from "../../../../verify/jobs/allow_jobs.ts";
import { endInterrupted } from "../../../../verify/jobs/end_interrupted.ts";
import { listJobs } from "../../../../verify/jobs/job_record.ts";
import { SHOP, theoryFrom } from "../../../support/fact_bases.ts";
import { randomModel } from "../../../support/gguf.ts";
import { OpenApiChecker } from "../../../support/openapi_checker.ts";
import { type Answered, type Served, type ServeTestOptions, withService } from "../../../support/services.ts";
import { learner } from "../../../support/zoe_job.ts";

const asked = { model: "learner", text: "An invoice to Zoe.", relations: ["customer", "order"], tokens: 600 };
const endless = { ...asked, model: "random", temperature: 1, rows: 1_000, characters: 1_000, tokens: 3_000 };

interface State {
  readonly job: string;
  readonly work: string;
  readonly status: string;
  readonly round: number;
  readonly tokens: number;
  readonly attempts: readonly { round: number; verdict: string; violations: number }[];
  readonly result: { state: string; receipt: boolean; commit: number | null } | null;
  readonly error: { code: string } | null;
}

/** A service with jobs and two models. */
async function withJobs(test: (served: Served) => Promise<void>, options: ServeTestOptions = {}): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "assay-jobs-"));
  const models = new ModelShelf([`learner=${join(folder, "m.gguf")}`, `random=${join(folder, "r.gguf")}`], systemClock);
  try {
    writeFileSync(join(folder, "m.gguf"), learner);
    writeFileSync(join(folder, "r.gguf"), randomModel(3, 4096));
    await withService(
      async (served) => {
        await allowJobs(served.base, "inquiry", ["customer", "order"], "owner");
        await test(served);
      },
      { theories: [theoryFrom(SHOP), await findTheory("jobs")], models, ...options },
    );
  } finally {
    await models.close();
    rmSync(folder, { recursive: true });
  }
}

async function post({ call }: Served, body: object, headers: Readonly<Record<string, string>> = {}): Promise<Answered & { state: State }> {
  const answer = await call("POST", "/v1/jobs", {
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return { ...answer, json: answer.json, state: answer.json.data as unknown as State };
}

async function get({ call }: Served, path: string): Promise<State> {
  return (await call("GET", path)).json.data as unknown as State;
}

/** The events of a job to its end, by name and data. */
async function eventsOf({ call }: Served, job: string): Promise<[string, State][]> {
  const { text } = await call("GET", `/v1/jobs/${job}/events`);
  return text
    .split("\n\n")
    .filter((event) => event !== "")
    .map((event) => {
      const [, name = "", data = ""] = /^event: (\w+)\ndata: (.*)$/s.exec(event) ?? [];
      return [name, JSON.parse(data) as State];
    });
}

test("a job over HTTP tells its tokens, rounds and verdicts, is on record, and the same again is its receipt", async () => {
  await withJobs(async (served) => {
    const begun = await post(served, asked);
    assert.deepEqual([begun.status, begun.headers.get("location"), begun.state.work], [202, `/v1/jobs/${begun.state.job}`, "model"]);
    const events = await eventsOf(served, begun.state.job);
    const [last, ended] = events.at(-1) ?? [];
    assert.deepEqual([last, ended?.status, ended?.result?.state], ["done", "done", "accepted"]);
    assert.deepEqual(ended?.attempts, [
      { round: 1, verdict: "refused", violations: 1 },
      { round: 2, verdict: "accepted", violations: 0 },
    ]);
    assert.ok(events.some(([name, { round, tokens }]) => name === "progress" && round === 1 && tokens > 0));
    assert.deepEqual(await get(served, `/v1/jobs/${begun.state.job}`), ended);
    const again = await post(served, asked);
    assert.deepEqual([again.status, again.state.job, again.state.result?.receipt], [200, begun.state.job, true]);
    const waited = await post(served, { ...asked, seed: 2 }, { prefer: "wait=60" });
    assert.deepEqual([waited.status, waited.state.status, waited.state.result?.state], [200, "done", "accepted"]);
    const list = (await served.call("GET", "/v1/jobs?state=accepted")).json.data as unknown as { jobs: { job: string }[] };
    assert.deepEqual(list.jobs.map(({ job }) => job).toSorted(), [begun.state.job, waited.state.job].toSorted());
    const { text: metrics } = await served.call("GET", "/metrics");
    assert.match(metrics, /^assay_jobs_total\{state="accepted"\} 2$/m);
    assert.match(metrics, /^assay_jobs_running 0$/m);
    const models = (await served.call("GET", "/v1/models")).json.data as unknown as { models: string[]; kernels: { name: string }[] };
    assert.deepEqual([models.models, models.kernels.length], [["learner", "random"], 3]);
  });
});

test("a job that runs is cancelled, once; one that ended is not, and an import neither", async () => {
  await withJobs(async (served) => {
    const { base, call } = served;
    const { state } = await post(served, endless);
    const cancelled = await call("DELETE", `/v1/jobs/${state.job}`);
    assert.deepEqual([cancelled.status, (cancelled.json.data as unknown as State).status], [200, "cancelled"]);
    assert.equal((cancelled.json.data as unknown as State).error?.code, "model.cancelled");
    const again = await call("DELETE", `/v1/jobs/${state.job}`);
    assert.deepEqual([again.status, again.json.error?.code], [409, "job.ended"]);
    const unknown = await call("DELETE", "/v1/jobs/job-none");
    assert.deepEqual([unknown.status, unknown.json.error?.code], [404, "job.unknown"]);
    assert.equal((await call("GET", "/v1/jobs/job-none")).json.error?.code, "http.not_found");
    const upload = { headers: { "content-type": "text/csv", prefer: "respond-async" }, body: "name,credit\nAnn,1\n" };
    const { job } = (await call("POST", "/v1/imports?relation=customer&proposer=me", upload)).json.data as unknown as State;
    assert.equal((await call("DELETE", `/v1/jobs/${job}`)).json.error?.code, "http.job_running");
    assert.equal((await listJobs(base, { limit: 5 }))[0]?.state, "cancelled");
  });
});

test("jobs in flight when the service stops end on record, and a watcher is told", async () => {
  await withJobs(async (served) => {
    const { base, service } = served;
    const jobs = await Promise.all([1, 2, 3].map(async (seed) => (await post(served, { ...endless, seed })).state.job));
    const watched = eventsOf(served, jobs[0] ?? "");
    const waiting = post(served, { ...endless, seed: 9 }, { prefer: "wait=600" });
    while ((await listJobs(base, { limit: 5 })).length < 4) await new Promise((resolve) => setTimeout(resolve, 10));
    await service.close();
    assert.equal((await watched).at(-1)?.[0], "cancelled");
    assert.equal((await waiting).state.status, "cancelled");
    assert.deepEqual(new Set((await listJobs(base, { limit: 5 })).map(({ state }) => state)), new Set(["cancelled"]));
    assert.deepEqual(await endInterrupted(base), []);
    assert.equal((await base.checkLog()).ok, true);
  });
});

test("a job that cannot begin says why", async () => {
  await withJobs(async (served) => {
    const wrong: readonly (readonly [object, number, string])[] = [
      [{ ...asked, model: "other" }, 422, "job.model"],
      [{ ...asked, relations: ["nothing"] }, 422, "job.relation"],
      [{ ...asked, relations: [] }, 400, "http.malformed"],
      [{ ...asked, kernel: "settled" }, 400, "http.malformed"],
      [{ ...asked, rounds: 0 }, 400, "http.malformed"],
      [{ ...asked, colour: "red" }, 400, "http.malformed"],
      [{ ...asked, kind: "process" }, 403, "job.reach"],
      [{ kernel: "none" }, 422, "job.kernel"],
      [{ kernel: "settled" }, 422, "job.relation"],
    ];
    for (const [body, status, code] of wrong) {
      const answer = await post(served, body);
      assert.deepEqual([answer.status, answer.json.error?.code], [status, code], JSON.stringify(body));
    }
    assert.deepEqual(await listJobs(served.base, { limit: 1 }), []);
  });
  await withService(async (served) => {
    assert.equal(
      (await post(served, { kernel: "entity_ids", parameters: { service: "s", kind: "k", from: "customer", key: "name", into: "open" } }))
        .json.error?.code,
      "job.unrecorded",
    );
  });
});

test("what is answered about jobs is what the document says", async () => {
  await withJobs(async ({ call }) => {
    const checker = new OpenApiChecker((await call("GET", "/openapi.json")).json);
    const check = async (id: string, path: string, body?: object, more: Readonly<Record<string, string>> = {}): Promise<State> => {
      const operation = checker.operations.find(({ operationId }) => operationId === id);
      assert.ok(operation !== undefined, id);
      const headers = { "content-type": "application/json", ...more };
      const sent = body === undefined ? {} : { headers, body: JSON.stringify(body) };
      const answer = await call(operation.method, path, sent);
      const observed = { status: answer.status, media: answer.headers.get("content-type") ?? "", text: answer.text };
      assert.equal(checker.fault(operation, observed), null, `${id} ${path}`);
      return answer.json.data as unknown as State;
    };
    const { job } = await check("startJob", "/v1/jobs", asked);
    await check("startJob", "/v1/jobs", { ...asked, seed: 4 }, { prefer: "wait=60" });
    await check("getJob", `/v1/jobs/${job}`);
    await check("startJob", "/v1/jobs", { ...asked, seed: 4 });
    await check("startJob", "/v1/jobs", { ...asked, tokens: 10, rounds: 1 }, { prefer: "wait=60" });
    await check("startJob", "/v1/jobs", { ...asked, text: "x ".repeat(9_000) }, { prefer: "wait=60" });
    const running = await check("startJob", "/v1/jobs", endless);
    await check("getJob", `/v1/jobs/${running.job}`);
    await check("cancelJob", `/v1/jobs/${running.job}`);
    for (const path of [`/v1/jobs/${running.job}`, "/v1/jobs/none"]) await check("cancelJob", path);
    for (const path of ["/v1/jobs", "/v1/jobs?state=failed&limit=1", "/v1/jobs?limit=0"]) await check("listJobs", path);
    await check("listModels", "/v1/models");
    await check("startJob", "/v1/jobs", { ...asked, view: ["?- nothing(x)."] });
    await check("startJob", "/v1/jobs", { kernel: "news" });
  });
});
