import assert from "node:assert/strict";
import { test } from "node:test";
import { limits } from "../../../../schema/limits.ts";
import type { AnswerShape } from "../../../../schema/text_model.ts";
import { randomModel } from "../../../support/gguf.ts";
import { request, withModels } from "../../../support/model_files.ts";

const ENDLESS: AnswerShape = { type: "string", maxLength: 20_000 };
const whole = randomModel(1);
const MB = 1024 * 1024;

test("ten thousand jobs wait in little memory, one more is refused, and all end when they are cancelled", async () => {
  await withModels(async (host, write) => {
    const model = await host.model({ name: "m", path: write("m.gguf", whole) });
    const begun = Promise.withResolvers<void>();
    const busy = model.complete(request({ shape: ENDLESS, tokens: 1_900, onTokens: () => begun.resolve() }));
    await begun.promise;
    const stop = new AbortController();
    const before = process.memoryUsage().heapUsed;
    const prompt = "x".repeat(1_000);
    const jobs = Array.from({ length: limits.model_jobs.value }, (_, at) =>
      model.complete(request({ prompt, signal: stop.signal, principal: `p${at % 7}` })),
    );
    const ends = Promise.allSettled(jobs);
    await assert.rejects(model.complete(request({})), { code: "limit.model_jobs" });
    assert.deepEqual(host.load, { waiting: limits.model_jobs.value, running: 1 });
    const used_mb = (process.memoryUsage().heapUsed - before) / MB;
    assert.ok(used_mb < 100, `${used_mb} MB`);
    stop.abort(new Error("enough"));
    assert.ok((await ends).every((end) => end.status === "rejected" && end.reason.message === "enough"));
    assert.ok((await busy).tokens > 0);
    assert.deepEqual(host.load, { waiting: 0, running: 0 });
  });
});

test("principals take turns, and work that matters more goes first", async () => {
  await withModels(async (host, write) => {
    const model = await host.model({ name: "m", path: write("m.gguf", whole) });
    const done: string[] = [];
    const begun = Promise.withResolvers<void>();
    const first = model.complete(request({ tokens: 100, shape: ENDLESS, onTokens: () => begun.resolve() }));
    await begun.promise;
    const job = async (principal: string, name: string, priority = 0) => {
      await model.complete(request({ tokens: 2, principal, priority }));
      done.push(name);
    };
    const many = Array.from({ length: 6 }, (_, at) => job("many", `many ${at}`));
    const few = Array.from({ length: 2 }, (_, at) => job("few", `few ${at}`));
    await Promise.all([first, ...many, ...few, job("late", "urgent", 1)]);
    assert.deepEqual(done, ["urgent", "many 0", "few 0", "many 1", "few 1", "many 2", "many 3", "many 4", "many 5"]);
  });
});

test("jobs of one model do not keep back those of another", async () => {
  await withModels(async (host, write) => {
    const path = write("m.gguf", whole);
    const slow = await host.model({ name: "slow", path });
    const quick = await host.model({ name: "quick", path, sequences: 4 });
    const done: string[] = [];
    const job = async (model: typeof slow, tokens: number) => {
      await model.complete(request({ tokens, shape: ENDLESS, principal: model.name }));
      done.push(model.name);
    };
    const slows = Array.from({ length: 4 }, () => job(slow, 400));
    const quicks = Array.from({ length: 4 }, () => job(quick, 5));
    await Promise.all([...slows, ...quicks]);
    assert.deepEqual(done.slice(0, 4), ["quick", "quick", "quick", "quick"]);
  });
});

test("two workers say what one says", async () => {
  const texts: string[][] = [];
  for (const workers of [1, 2]) {
    await withModels(
      async (host, write) => {
        const model = await host.model({ name: "m", path: write("m.gguf", whole) });
        const jobs = Array.from({ length: 6 }, (_, seed) => model.complete(request({ seed })));
        texts.push((await Promise.all(jobs)).map(({ text }) => text));
      },
      { workers },
    );
  }
  assert.deepEqual(texts[0], texts[1]);
  assert.equal(new Set(texts[0]).size, 6);
});
