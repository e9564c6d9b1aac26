import assert from "node:assert/strict";
import { readFileSync, statSync, utimesSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as after } from "node:timers/promises";
import { ModelChild } from "../../../../compute/llama/model_child.ts";
import type { ModelHost } from "../../../../compute/llama/model_host.ts";
import type { FromChild, HoldSettings, ModelSettings } from "../../../../compute/llama/model_messages.ts";
import { AssayError } from "../../../../schema/assay_error.ts";
import type { AnswerShape } from "../../../../schema/text_model.ts";
import { randomModel } from "../../../support/gguf.ts";
import { request, withModels } from "../../../support/model_files.ts";

const ENDLESS: AnswerShape = { type: "string", maxLength: 20_000 };
const whole = randomModel(1);

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "done",
    (error: unknown) => (error instanceof AssayError ? error.code : String(error)),
  );
}

function killed(host: ModelHost): void {
  if (host.pid === null) throw new Error("no process holds models");
  process.kill(host.pid, "SIGKILL");
}

test("an error that nobody foresaw costs its job alone", async () => {
  await withModels(async (host, write) => {
    const model = await host.model({ name: "m", path: write("m.gguf", whole), sequences: 4 });
    const impossible: AnswerShape = { type: "string", maxLength: -1 };
    const jobs = [request({ shape: impossible }), request({ shape: ENDLESS }), request({ tokens: 3 })].map((one) => model.complete(one));
    const { pid } = host;
    assert.deepEqual(await Promise.all(jobs.map(codeOf)), ["model.failed", "done", "done"]);
    assert.equal(host.pid, pid);
  });
});

test("a grammar that admits endless answers is ended by the budget of tokens", async () => {
  await withModels(async (host, write) => {
    const model = await host.model({ name: "m", path: write("m.gguf", whole) });
    const told: number[] = [];
    const answer = await model.complete(request({ shape: ENDLESS, tokens: 50, onTokens: (tokens) => told.push(tokens) }));
    assert.deepEqual([answer.tokens, answer.isWhole], [50, false]);
    assert.ok(told.length > 0 && told.every((tokens) => tokens <= 50));
  });
});

test("a job is cancelled while its model is loaded and while its prompt is computed, and the model stays", async () => {
  await withModels(async (host, write) => {
    const model = await host.model({ name: "m", path: write("m.gguf", randomModel(1, 16_384)), context: 16_384 });
    const long = request({ prompt: "x".repeat(16_000), tokens: 100, onTokens: () => assert.fail("it was not cancelled") });
    for (const wait_ms of [0, 100]) {
      const stop = new AbortController();
      const job = model.complete({ ...long, signal: stop.signal });
      await after(wait_ms);
      stop.abort(new Error("no more"));
      await assert.rejects(job, { message: "no more" });
      assert.deepEqual(host.load, { waiting: 0, running: 0 });
      assert.equal((await model.complete(request({ tokens: 2 }))).tokens, 2);
    }
  });
});

test("a loaded model is what its hash says, whatever its file became; loaded anew it is not another one", async () => {
  await withModels(async (host, write) => {
    const path = write("m.gguf", whole);
    const model = await host.model({ name: "m", path });
    const before = await model.complete(request({}));
    const { atime, mtime } = statSync(path);
    write("m.gguf", randomModel(2));
    utimesSync(path, atime, mtime);
    assert.deepEqual(await model.complete(request({})), before);
    const other = await host.model({ name: "m", path });
    assert.notEqual(other.hash, model.hash);
    assert.notEqual((await other.complete(request({}))).text, before.text);
    killed(host);
    assert.equal(await codeOf(model.complete(request({}))), "model.changed");
    assert.equal(await codeOf(other.complete(request({}))), "done");
  });
});

test("a model has its own budget of memory, and makes room for another where both do not fit", async () => {
  await withModels(
    async (host, write) => {
      const path = write("m.gguf", randomModel(1, 100_000));
      const options = { path, context: 100_000 };
      const large = await host.model({ name: "large", ...options, memory_mb: 100 });
      assert.equal(await codeOf(large.complete(request({}))), "limit.model_mb");
      const models = [await host.model({ name: "a", ...options }), await host.model({ name: "b", ...options, context: 99_000 })];
      const { pid } = host;
      for (const model of [...models, ...models]) assert.equal((await model.complete(request({ tokens: 2 }))).tokens, 2);
      const begun = Promise.withResolvers<void>();
      const [a, b] = models;
      const busy = a?.complete(request({ shape: ENDLESS, tokens: 2_000, onTokens: () => begun.resolve() }));
      await begun.promise;
      assert.equal(b && (await codeOf(b.complete(request({ tokens: 2 })))), "limit.model_mb");
      await busy;
      assert.equal(host.pid, pid);
    },
    { memory_mb: 200 },
  );
});

test("the system holds the process to its memory, and what ends it is told", async () => {
  await withModels(async (_, write) => {
    const path = write("m.gguf", randomModel(1, 4_000_000));
    const model: ModelSettings = { path, context: 4_000_000, sequences: 1, threads: 1, gpu_layers: null, memory_mb: 100_000 };
    const told: FromChild[] = [];
    const limits: string[] = [];
    const end = await new Promise<string>((resolve) => {
      const onMessage = (message: FromChild): void => {
        told.push(message);
        if (message.kind === "described" && process.platform === "linux") limits.push(readFileSync(`/proc/${child.pid}/limits`, "utf8"));
        if (message.kind === "described") child.send({ kind: "run", id: 2, task: { model, file: message.file, ...request({}) } });
        else void child.stop();
      };
      const settings: HoldSettings = { device: "cpu", workers: 1, slots: 1, worker_mb: 100_000 };
      const child = new ModelChild({ settings, memory_mb: 100, onMessage, onExit: resolve });
      child.send({ kind: "describe", id: 1, path, memory_mb: 100 });
    });
    for (const text of limits) assert.equal(Number(/^Max data size\s+(\d+)/m.exec(text)?.[1]), (100 + 1_024 + 640) * 1024 * 1024);
    const failed = told.flatMap((message) => (message.kind === "failed" ? [message.code] : []));
    assert.ok(failed.includes("model.unreadable") || /signal SIGABRT/.test(end), `${end}: ${JSON.stringify(told)}`);
    assert.ok(!told.some(({ kind }) => kind === "done"));
  });
});

test("a device that is not there is told as such", async () => {
  await withModels(
    async (host, write) => {
      const model = await host.model({ name: "m", path: write("m.gguf", whole) });
      assert.equal(await codeOf(model.complete(request({}))), "model.device");
    },
    { device: "cuda" },
  );
  await withModels(
    async (host, write) => {
      const model = await host.model({ name: "m", path: write("m.gguf", whole), gpu_layers: 0 });
      assert.equal(await codeOf(model.complete(request({}))), "done");
    },
    { device: "cpu" },
  );
});
