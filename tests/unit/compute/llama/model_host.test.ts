import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { constants, getPriority } from "node:os";
import { test } from "node:test";
import { setTimeout as after } from "node:timers/promises";
import type { ModelHost } from "../../../../compute/llama/model_host.ts";
import { readExactJson } from "../../../../schema/exact_json.ts";
import type { AnswerShape } from "../../../../schema/text_model.ts";
import { randomModel, replyingModel } from "../../../support/gguf.ts";
import { request, withModels } from "../../../support/model_files.ts";

function commOf(host: ModelHost, thread: string): string {
  return readFileSync(`/proc/${host.pid}/task/${thread}/comm`, "utf8");
}

const ROWS: AnswerShape = {
  type: "object",
  properties: {
    rows: {
      type: "array",
      maxItems: 2,
      items: {
        type: "object",
        properties: { id: { type: "integer" }, name: { type: "string", maxLength: 6 }, kind: { enum: ['a "b"', "c\\d"] } },
        required: ["id", "name", "kind"],
      },
    },
  },
  required: ["rows"],
};

test("the same model, prompt and seed give the same text, in another process too", async () => {
  const texts: string[] = [];
  for (let round = 0; round < 2; round++) {
    await withModels(async (host, write) => {
      const model = await host.model({ name: "m", path: write("m.gguf", randomModel(1)) });
      for (const seed of [5, 6, 5]) texts.push((await model.complete(request({ seed }))).text);
    });
  }
  assert.equal(new Set([texts[0], texts[2], texts[3], texts[5]]).size, 1);
  assert.notEqual(texts[0], texts[1]);
});

test("an answer of a shape is JSON of that shape, or was ended by its budget", async () => {
  await withModels(async (host, write) => {
    const model = await host.model({ name: "m", path: write("m.gguf", randomModel(4)), sequences: 4 });
    const answers = await Promise.all(Array.from({ length: 12 }, (_, seed) => model.complete(request({ seed, shape: ROWS, tokens: 300 }))));
    const read = answers.filter(({ isWhole }) => isWhole).map(({ text }) => readExactJson(text, { source: null }));
    assert.ok(read.length > 0);
    for (const value of read) assert.ok(value instanceof Map && Array.isArray(value.get("rows")));
  });
});

test("a constructed model says what it was made to say, one or the other by what its prompt holds", async () => {
  const first = '{"assert":{"order":[{"id":9007199254740993,"customer":"Zoe"}]}}';
  const second = '{"assert":{"customer":[{"name":"Zoe"}],"order":[]}}';
  const bytes = replyingModel([
    { text: first, weights: { "invoice of Zoe": 2 } },
    { text: second, weights: { "invoice of Zoe": 1, "shop.customer": 1_000 } },
  ]);
  await withModels(async (host, write) => {
    const model = await host.model({ name: "m", path: write("m.gguf", bytes) });
    const say = async (prompt: string) => (await model.complete(request({ prompt, temperature: 0, tokens: 200 }))).text;
    assert.equal(await say("read this: invoice of Zoe\ndelta:"), first);
    assert.equal(await say(`refused by shop.customer: ${"x ".repeat(400)}\nread this: invoice of Zoe\ndelta:`), second);
    assert.equal(await say("nothing of the kind"), "");
  });
});

test("a job is cancelled before, while it waits and while it generates; its deadline ends it; the next one runs", async () => {
  await withModels(async (host, write) => {
    const model = await host.model({ name: "m", path: write("m.gguf", randomModel(1)) });
    const long = { tokens: 1_900, temperature: 0.8, shape: { type: "string", maxLength: 100_000 } } as const;
    await assert.rejects(model.complete(request({ signal: AbortSignal.abort(new Error("early")) })), { message: "early" });
    const [running, waiting] = [new AbortController(), new AbortController()];
    const begun = Promise.withResolvers<void>();
    const first = model.complete(request({ ...long, signal: running.signal, onTokens: () => begun.resolve() }));
    const second = model.complete(request({ ...long, signal: waiting.signal }));
    waiting.abort(new Error("while it waited"));
    await assert.rejects(second, { message: "while it waited" });
    await begun.promise;
    running.abort(new Error("in the middle"));
    await assert.rejects(first, { message: "in the middle" });
    await assert.rejects(model.complete(request({ ...long, time_ms: 20 })), { code: "limit.model_ms" });
    assert.equal((await model.complete(request({ tokens: 3 }))).tokens, 3);
  });
});

test("a process killed in mid-job costs nothing the first time, and the job the second time", async () => {
  await withModels(async (host, write) => {
    const model = await host.model({ name: "m", path: write("m.gguf", randomModel(1)) });
    const shape = { type: "string", maxLength: 100_000 } as const;
    const killed = new Set<number>();
    const killOnce = (times: number) => (): void => {
      const { pid } = host;
      if (pid === null || killed.has(pid) || killed.size >= times) return;
      killed.add(pid);
      process.kill(pid, "SIGKILL");
    };
    const answer = await model.complete(request({ tokens: 200, shape, onTokens: killOnce(1) }));
    assert.equal(killed.size, 1);
    assert.ok(answer.tokens > 1);
    await assert.rejects(model.complete(request({ tokens: 200, shape, onTokens: killOnce(3) })), { code: "model.crashed" });
    assert.equal((await model.complete(request({ tokens: 3 }))).tokens, 3);
  });
});

test("a prompt longer than the context is an error, and so is a job too many", async () => {
  await withModels(
    async (host, write) => {
      const model = await host.model({ name: "m", path: write("m.gguf", randomModel(1)) });
      await assert.rejects(model.complete(request({ prompt: "x ".repeat(5_000) })), { code: "model.prompt" });
      const jobs = await Promise.allSettled(Array.from({ length: 12 }, () => model.complete(request({ tokens: 2 }))));
      const refused = jobs.flatMap((job) => (job.status === "rejected" ? [String(job.reason.code)] : []));
      assert.deepEqual([...new Set(refused)], ["limit.model_jobs"]);
      assert.ok(refused.length > 0 && refused.length < 12);
    },
    { jobs: 5 },
  );
});

test("closing with jobs under way cancels each, and the process ends", async () => {
  await withModels(async (host, write) => {
    const model = await host.model({ name: "m", path: write("m.gguf", randomModel(1)) });
    const begun = Promise.withResolvers<void>();
    const jobs = Array.from({ length: 3 }, () => model.complete(request({ tokens: 1_900, onTokens: () => begun.resolve() })));
    const ends = Promise.allSettled(jobs);
    await begun.promise;
    const pid = host.pid as number;
    await host.close();
    assert.deepEqual(
      (await ends).map((end) => end.status === "rejected" && end.reason.code),
      jobs.map(() => "model.cancelled"),
    );
    await after(50);
    assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
  });
});

test("whatever computes models gives way to the process that judges", async () => {
  await withModels(async (host, write) => {
    const model = await host.model({ name: "m", path: write("m.gguf", randomModel(1)) });
    await model.complete(request({ tokens: 2 }));
    assert.ok(getPriority(host.pid ?? 0) >= constants.priority.PRIORITY_BELOW_NORMAL);
    if (process.platform !== "linux") return;
    const threads = readdirSync(`/proc/${host.pid}/task`).filter((id) => /^(libuv-worker|WorkerThread)/.test(commOf(host, id)));
    assert.ok(threads.length > 1);
    for (const id of threads) assert.ok(getPriority(Number(id)) >= constants.priority.PRIORITY_BELOW_NORMAL, commOf(host, id));
  });
});
