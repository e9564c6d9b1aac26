/**
 * Question: what does the pool of models cost over llama.cpp's own loop, what does computing jobs together gain, and who pays for it?
 * Hypothesis: under 5 % fewer tokens a second than the loop on one thread through the same binding; a thousand short jobs 3 times faster together
 * than one by one; a verdict's 99th of a hundred in the main process within 10 % while the pool is saturated.
 * Peer in the same run: that loop, in a process of its own with the same priority, grammar and seeds; its texts must be the pool's.
 * Two models with random 32-bit weights: a tiny one, where steps cost more than sums, and one larger than the processor's cache, where the
 * weights' way from memory does, as with real models.
 * Environment: MODEL_JOBS=1000; MODEL_LARGE_JOBS=200; MODEL_DEVICE=cpu.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { ModelHost } from "../compute/llama/model_host.ts";
import type { Device } from "../compute/llama/model_messages.ts";
import type { AnswerShape, TextAnswer, TextModel } from "../schema/text_model.ts";
import { median } from "./measure.ts";
import { measureSpent, printSpent } from "./model_pool/cpu_time.ts";
import type { PlainJobs } from "./model_pool/plain_loop.ts";
import { randomLlama } from "./model_pool/random_llama.ts";
import { verdictWaits, waitCells } from "./model_pool/verdicts.ts";

const jobs = Number(process.env["MODEL_JOBS"] ?? 1_000);
const largeJobs = Number(process.env["MODEL_LARGE_JOBS"] ?? 200);
const device = (process.env["MODEL_DEVICE"] ?? "cpu") as Device;

const CONTEXT = 512;
const TOGETHER = 32;
const SHAPE: AnswerShape = {
  type: "object",
  properties: { name: { type: "string", maxLength: 500 }, count: { type: "integer" } },
  required: ["name", "count"],
};
const MODELS = {
  tiny: { sizes: { dim: 64, feed_forward: 128, layers: 2 }, jobs, tokens: 16, loop: { jobs: 8, tokens: 100, turns: 25 } },
  large: { sizes: { dim: 384, feed_forward: 1_024, layers: 8 }, jobs: largeJobs, tokens: 16, loop: { jobs: 1, tokens: 100, turns: 12 } },
} as const;

function requests(count: number, tokens: number, shape: AnswerShape | null = SHAPE): PlainJobs {
  return Array.from({ length: count }, (_, seed) => {
    return { prompt: `The facts of the order below, as JSON.\norder ${seed}:`, shape, seed, temperature: 0.8, tokens };
  });
}

async function oneByOne(model: TextModel, list: PlainJobs): Promise<TextAnswer[]> {
  const answers: TextAnswer[] = [];
  for (const job of list) answers.push(await model.complete({ ...job, time_ms: 600_000 }));
  return answers;
}

function allAtOnce(model: TextModel, list: PlainJobs, signal?: AbortSignal): Promise<TextAnswer[]> {
  return Promise.all(list.map((job) => model.complete({ ...job, time_ms: 600_000, ...(signal === undefined ? {} : { signal }) })));
}

async function startLoop(path: string): Promise<ChildProcess> {
  const script = join(import.meta.dirname, "model_pool", "plain_loop.ts");
  const command = ["-n", String(constants.priority.PRIORITY_BELOW_NORMAL), process.execPath, script, path, String(CONTEXT)];
  const loop = spawn("nice", command, { stdio: ["ignore", "inherit", "inherit", "ipc"], serialization: "advanced" });
  await once(loop, "message");
  return loop;
}

async function loopTexts(loop: ChildProcess, list: PlainJobs): Promise<string[]> {
  const told = once(loop, "message");
  loop.send(list as object[]);
  return (await told)[0] as string[];
}

async function overhead(name: keyof typeof MODELS, host: ModelHost, path: string): Promise<void> {
  const { loop: size } = MODELS[name];
  const list = requests(size.jobs, size.tokens);
  const model = await host.model({ name, path, context: CONTEXT });
  const loop = await startLoop(path);
  const [said, texts] = [await oneByOne(model, list), await loopTexts(loop, list)];
  if (JSON.stringify(said.map(({ text }) => text)) !== JSON.stringify(texts)) throw new Error("the pool and the loop say different things");
  const pid = (): number | null => host.pid;
  const spent = await measureSpent(
    { loop: { pid: () => loop.pid ?? null, run: () => loopTexts(loop, list) }, pool: { pid, run: () => oneByOne(model, list) } },
    size.turns,
  );
  loop.kill();
  printSpent(`${name} model: ${size.jobs} jobs of ${size.tokens} tokens`, spent, "loop");
  const tokens = said.reduce((sum, answer) => sum + answer.tokens, 0);
  for (const [who, { wall_ms }] of spent) process.stdout.write(`  ${who}: ${Math.round((tokens / wall_ms) * 1_000)} tokens a second\n`);
}

async function batching(name: keyof typeof MODELS, host: ModelHost, path: string): Promise<void> {
  const { jobs: count, tokens } = MODELS[name];
  const list = requests(count, tokens);
  const alone = await host.model({ name, path, context: CONTEXT });
  const together = await host.model({ name, path, context: CONTEXT, sequences: TOGETHER });
  await allAtOnce(together, list.slice(0, TOGETHER));
  const pid = (): number | null => host.pid;
  const contenders = { "one by one": { pid, run: () => oneByOne(alone, list) }, together: { pid, run: () => allAtOnce(together, list) } };
  printSpent(`${name} model: ${count} jobs of ${tokens} tokens, ${TOGETHER} together`, await measureSpent(contenders, 1), "together");
}

async function grammar(host: ModelHost, path: string): Promise<void> {
  const model = await host.model({ name: "tiny", path, context: CONTEXT, sequences: TOGETHER });
  const shaped = requests(300, 100);
  const free = requests(300, 100, null);
  const rate = async (list: PlainJobs): Promise<number> => {
    const start = performance.now();
    const answers = await allAtOnce(model, list);
    return (answers.reduce((sum, { tokens }) => sum + tokens, 0) / (performance.now() - start)) * 1_000;
  };
  const rates = { shaped: [] as number[], free: [] as number[] };
  for (let round = 0; round < 5; round++) {
    rates.free.push(await rate(free));
    rates.shaped.push(await rate(shaped));
  }
  const [with_, without] = [median(rates.shaped.slice(1)), median(rates.free.slice(1))];
  process.stdout.write(
    `\ngrammar: ${Math.round(with_)} tokens a second, without ${Math.round(without)}: ${(with_ / without).toFixed(2)} x\n`,
  );
}

async function crash(host: ModelHost, path: string): Promise<void> {
  const model = await host.model({ name: "tiny", path, context: CONTEXT });
  const [job] = requests(1, 1);
  if (job === undefined) throw new Error("no job");
  const spent: number[] = [];
  for (let round = 0; round < 5; round++) {
    await model.complete({ ...job, time_ms: 600_000 });
    const start = performance.now();
    process.kill(host.pid as number, "SIGKILL");
    await model.complete({ ...job, time_ms: 600_000 });
    spent.push(performance.now() - start);
  }
  process.stdout.write(`\nfrom kill -9 of the process to the next job's end: ${Math.round(median(spent))} ms\n`);
}

async function verdicts(host: ModelHost, path: string, folder: string): Promise<void> {
  const model = await host.model({ name: "tiny", path, context: CONTEXT, sequences: TOGETHER });
  const saturate = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) await allAtOnce(model, requests(2 * TOGETHER, 100), signal).catch(() => undefined);
  };
  const { alone, beside } = await verdictWaits(join(folder, "base.duckdb"), saturate, 6, 2_000);
  process.stdout.write("\n| verdict in the main process | median | p99 |\n|---|---|---|\n");
  process.stdout.write(`| nothing beside it | ${waitCells(alone)} |\n| the pool saturated | ${waitCells(beside)} |\n`);
}

const folder = mkdtempSync(join(tmpdir(), "assay-models-"));
const host = new ModelHost({ device });
try {
  for (const name of ["tiny", "large"] as const) {
    const path = join(folder, `${name}.gguf`);
    writeFileSync(path, randomLlama(1, MODELS[name].sizes));
    await overhead(name, host, path);
    await batching(name, host, path);
  }
  const tiny = join(folder, "tiny.gguf");
  await grammar(host, tiny);
  await crash(host, tiny);
  await verdicts(host, tiny, folder);
} finally {
  await host.close();
  rmSync(folder, { recursive: true, force: true });
}
