import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as after } from "node:timers/promises";
import { randomModel, replyingModel } from "../support/gguf.ts";
import { assay, assayJson, folder, launcher } from "./assay.ts";
import { serving } from "./serving.ts";
import { writeShop } from "./shop.ts";

const UNLAWFUL = '{"assert":{"customer":[],"order":[{"id":"o1","customer":"Zoe","total":12}]}}';
const LAWFUL = '{"assert":{"customer":[{"id":"Zoe","country":"DE"}],"order":[{"id":"o1","customer":"Zoe","total":12}]}}';

interface Job {
  readonly job: string;
  readonly state: string;
  readonly receipt: boolean;
  readonly commit: number | null;
  readonly error: { readonly code: string } | null;
  readonly attempts: readonly { readonly verdict: string }[];
  readonly reasons: Readonly<Record<string, readonly string[]>>;
}

/** A fact base with the shop and jobs, two models and a text. */
async function prepared(context: TestContext): Promise<{ readonly home: string; readonly db: string; readonly run: readonly string[] }> {
  const home = folder(context);
  const db = join(home, "x.duckdb");
  const learner = replyingModel([
    { text: UNLAWFUL, weights: { "invoice to Zoe": 2 } },
    { text: LAWFUL, weights: { "invoice to Zoe": 1, "shop.customer": 1_000 } },
  ]);
  writeFileSync(join(home, "learner.gguf"), learner);
  writeFileSync(join(home, "random.gguf"), randomModel(3, 4096));
  writeFileSync(join(home, "zoe.txt"), "An invoice to Zoe.\n");
  await assayJson(["init", "--db", db, "--theory", writeShop(home), "--theory", "jobs"]);
  const run = ["job", "run", "--db", db, "--relations", "customer,order", "--text", join(home, "zoe.txt")];
  return { home, db, run };
}

test("job run asks a model until the laws accept, keeps every round, and answers the same job from its record", async (context) => {
  const { home, db, run } = await prepared(context);
  const learner = ["--model", join(home, "learner.gguf")];
  const forbidden = await assayJson([...run, ...learner]);
  assert.deepEqual([forbidden.code, forbidden.envelope.error?.code], [1, "job.reach"]);
  assert.equal((await assayJson(["job", "allow", "--db", db, "inquiry", "customer", "order"])).code, 0);
  const first = await assayJson<Job>([...run, ...learner]);
  assert.deepEqual(
    [first.code, first.envelope.data?.state, first.envelope.data?.receipt, first.envelope.data?.attempts.map(({ verdict }) => verdict)],
    [0, "accepted", false, ["refused", "accepted"]],
  );
  assert.match(first.envelope.data?.reasons["1"]?.[0] ?? "", /`shop\.customer`/);
  const again = await assayJson<Job>([...run, ...learner]);
  assert.deepEqual([again.code, again.envelope.data?.receipt, again.envelope.data?.job], [0, true, first.envelope.data?.job]);
  const list = await assayJson<{ jobs: Job[] }>(["job", "list", "--db", db, "--state", "accepted"]);
  assert.deepEqual(
    list.envelope.data?.jobs.map(({ job, attempts }) => [job, attempts]),
    [[first.envelope.data?.job, 2]],
  );
  const shown = await assayJson<Job>(["job", "show", "--db", db, first.envelope.data?.job ?? ""]);
  assert.deepEqual(
    [shown.envelope.data?.commit, shown.envelope.data?.reasons],
    [first.envelope.data?.commit, first.envelope.data?.reasons],
  );
  assert.equal((await assay(["log", "--db", db, "--check"])).code, 0);
});

test("job run says by its exit code how the job ended", async (context) => {
  const { home, db, run } = await prepared(context);
  await assayJson(["job", "allow", "--db", db, "inquiry", "customer", "order"]);
  const random = ["--model", `r=${join(home, "random.gguf")}`];
  const refused = await assayJson<Job>([...run, ...random, "--rounds", "1", "--tokens", "10"]);
  assert.deepEqual([refused.code, refused.envelope.data?.state], [1, "refused"]);
  const failed = await assayJson<Job>([...run, ...random, "--tokens", "5000"]);
  assert.deepEqual([failed.code, failed.envelope.data?.state, failed.envelope.data?.error?.code], [3, "failed", "model.prompt"]);
  const small = await assayJson<Job>([...run, ...random, "--tokens", "200", "--context", "256"]);
  assert.deepEqual([small.code, small.envelope.data?.error?.code], [3, "model.prompt"]);
  const onCpu = await assayJson<Job>([...run, ...random, "--rounds", "1", "--tokens", "12", "--device", "cpu", "--threads", "2"]);
  assert.deepEqual([onCpu.code, onCpu.envelope.data?.state], [1, "refused"]);
  const wrong: readonly (readonly [readonly string[], string])[] = [
    [[...run, "--model", join(home, "nothing.gguf")], "model.not_found"],
    [[...run, "--model", join(home, "zoe.txt")], "model.unreadable"],
    [run, "usage.arguments"],
    [["job", "run", "--db", db, ...random], "usage.arguments"],
    [[...run, ...random, "--device", "abacus"], "usage.arguments"],
    [["job", "run", "--db", db, "--kernel", "none"], "job.kernel"],
    [["job", "run", "--db", db, "--kernel", "settled", "--set", "at"], "usage.arguments"],
    [["job", "run", "--db", db, "--kernel", "settled"], "job.relation"],
    [["job", "show", "--db", db, "job-1"], "job.unknown"],
    [["job", "allow", "--db", db, "inquiry", "nothing"], "job.relation"],
    [["job", "cancel", "job-1", "--url", "http://127.0.0.1:9"], "http.unreachable"],
  ];
  for (const [args, code] of wrong) {
    const ran = await assayJson(args);
    assert.deepEqual([ran.code, ran.envelope.error?.code], [3, code], args.join(" "));
  }
});

const needsProc = { skip: process.platform !== "linux" && "needs /proc" };

test("job run that is interrupted ends its job, which is on record as cancelled", needsProc, async (context) => {
  const { home, db, run } = await prepared(context);
  await assayJson(["job", "allow", "--db", db, "inquiry", "customer", "order"]);
  const endless = ["--temperature", "1", "--rows", "1000", "--characters", "1000", "--tokens", "3500"];
  const child = spawn(process.execPath, [launcher, ...run, "--model", join(home, "random.gguf"), ...endless], { stdio: "ignore" });
  const exited = once(child, "exit");
  // Its models' process is there once it is about to ask one.
  const children = `/proc/${child.pid}/task/${child.pid}/children`;
  while (readFileSync(children, "utf8") === "") await after(20);
  await after(100);
  child.kill("SIGINT");
  assert.deepEqual(await exited, [2, null]);
  const { envelope } = await assayJson<{ jobs: Job[] }>(["job", "list", "--db", db]);
  assert.deepEqual(
    envelope.data?.jobs.map(({ state, error }) => [state, error?.code]),
    [["cancelled", "model.cancelled"]],
  );
});

test("a kernel's ids are facts", async (context) => {
  const { db } = await prepared(context);
  const ids = ["service=https://shop.example", "kind=customer", "from=customer", "key=id", "into=order"].flatMap((text) => ["--set", text]);
  await assayJson(["job", "allow", "--db", db, "process", "order"]);
  const none = await assayJson<Job>(["job", "run", "--db", db, "--kernel", "entity_ids", "--kind", "process", ...ids]);
  assert.deepEqual([none.code, none.envelope.data?.state, none.envelope.data?.error?.code], [3, "failed", "job.kernel"]);
  const listed = await assayJson<{ kernels: { name: string }[] }>(["job", "kernels"]);
  assert.deepEqual(
    listed.envelope.data?.kernels.map(({ name }) => name),
    ["entity_ids", "settled", "news"],
  );
});

test("a job of a running service is cancelled by its name, and those in flight when it stops are on record", async (context) => {
  const { home, db } = await prepared(context);
  await assayJson(["job", "allow", "--db", db, "inquiry", "customer", "order"]);
  const service = await serving(db, "--model", `random=${join(home, "random.gguf")}`);
  const endless = { model: "random", relations: ["customer", "order"], temperature: 1, rows: 1_000, characters: 1_000, tokens: 3_000 };
  const begin = async (seed: number): Promise<string> => {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${service.url}/v1/jobs`, { method: "POST", headers, body: JSON.stringify({ ...endless, seed }) });
    assert.equal(answer.status, 202);
    return ((await answer.json()) as { data: { job: string } }).data.job;
  };
  const [first, second] = [await begin(1), await begin(2)];
  const cancelled = await assayJson<{ status: string }>(["job", "cancel", first, "--url", service.url]);
  assert.deepEqual([cancelled.code, cancelled.envelope.data?.status], [0, "cancelled"]);
  assert.deepEqual((await assayJson(["job", "cancel", first, "--url", service.url])).envelope.error?.code, "job.ended");
  assert.deepEqual((await assayJson(["job", "cancel", "job-none", "--url", service.url])).envelope.error?.code, "job.unknown");
  await service.stop();
  const jobs = (await assayJson<{ jobs: Job[] }>(["job", "list", "--db", db])).envelope.data?.jobs ?? [];
  assert.deepEqual(jobs.map(({ job, state }) => [job, state]).toSorted(), [first, second].map((job) => [job, "cancelled"]).toSorted());
});
