import { stat } from "node:fs/promises";
import type { MessagePort } from "node:worker_threads";
import {
  getLlama,
  InsufficientMemoryError,
  type Llama,
  LlamaCompletion,
  type LlamaContext,
  type LlamaContextSequence,
  LlamaGrammar,
  LlamaLogLevel,
} from "node-llama-cpp";
import { AssayError } from "../../schema/assay_error.ts";
import { systemClock } from "../../schema/clock.ts";
import { limits } from "../../schema/limits.ts";
import type { TextAnswer } from "../../schema/text_model.ts";
import { grammarOf } from "./grammar.ts";
import type { ModelTask, TaskResult } from "./model_messages.ts";

/** A model in this thread's memory, with the sequences of its context that no job uses. */
interface Loaded {
  readonly context: LlamaContext;
  readonly free: LlamaContextSequence[];
  readonly waiting: ((sequence: LlamaContextSequence) => void)[];
}

const models = new Map<string, Promise<Loaded>>();
let runtime: Promise<Llama> | null = null;

/**
 * Runs one job to its end. `port` takes a message to cancel it and tells how many tokens there are. The thread must not be ended while this
 * runs: llama.cpp would abort the process.
 */
export default async function run({ task, port }: { readonly task: ModelTask; readonly port: MessagePort }): Promise<TaskResult> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort("deadline"), task.time_ms);
  port.on("message", () => stop.abort("cancelled"));
  const begin = systemClock.micros();
  try {
    const answer = await answerOf(task, stop.signal, (tokens) => port.postMessage(tokens));
    return { kind: "done", answer: { ...answer, millis: Math.floor((systemClock.micros() - begin) / 1000) } };
  } catch (cause) {
    if (!(cause instanceof AssayError)) throw cause;
    return { kind: "failed", code: cause.code, detail: cause.detail, place: cause.place };
  } finally {
    clearTimeout(timer);
    port.close();
  }
}

async function answerOf(task: ModelTask, signal: AbortSignal, onTokens: (tokens: number) => void): Promise<TextAnswer> {
  const llama = await llamaHere();
  const model = await loaded(llama, task);
  const sequence = await taken(model, signal, task);
  try {
    if (task.model.sequences === 1) await sequence.clearHistory();
    return await generated(llama, sequence, task, signal, onTokens);
  } finally {
    const next = model.waiting.shift();
    if (next === undefined) model.free.push(sequence);
    else next(sequence);
  }
}

async function generated(
  llama: Llama,
  sequence: LlamaContextSequence,
  task: ModelTask,
  signal: AbortSignal,
  onTokens: (tokens: number) => void,
): Promise<TextAnswer> {
  const prompt = sequence.model.tokenize(task.prompt);
  const room = sequence.contextSize - prompt.length - 1;
  if (room < task.tokens) {
    const detail = `the prompt has ${prompt.length} tokens, and with ${task.tokens} for the answer does not fit the context of ${sequence.contextSize}`;
    throw new AssayError("model.prompt", detail);
  }
  let tokens = 0;
  const completion = new LlamaCompletion({ contextSequence: sequence });
  try {
    const { response, metadata } = await completion.generateCompletionWithMeta(prompt, {
      maxTokens: task.tokens,
      temperature: task.temperature,
      seed: task.seed,
      disableContextShift: true,
      stopOnAbortSignal: true,
      signal,
      ...(task.shape === null ? {} : { grammar: new LlamaGrammar(llama, { grammar: grammarOf(task.shape) }) }),
      onToken: (more) => {
        tokens += more.length;
        onTokens(tokens);
      },
    });
    if (metadata.stopReason === "abort" || signal.aborted) throw stopped(signal, task);
    return { text: response, tokens: Math.min(tokens, task.tokens), isWhole: metadata.stopReason !== "maxTokens" };
  } finally {
    completion.dispose({ disposeSequence: false });
  }
}

function stopped(signal: AbortSignal, { time_ms }: ModelTask): AssayError {
  if (signal.reason !== "deadline") return new AssayError("model.cancelled", "the job was cancelled");
  return new AssayError("limit.model_ms", `the job took more than ${time_ms} ${limits.model_ms.unit}`);
}

async function taken({ free, waiting }: Loaded, signal: AbortSignal, task: ModelTask): Promise<LlamaContextSequence> {
  if (signal.aborted) throw stopped(signal, task);
  const one = free.pop();
  if (one !== undefined) return one;
  return new Promise((resolve, reject) => {
    waiting.push(resolve);
    signal.addEventListener("abort", () => {
      const at = waiting.indexOf(resolve);
      if (at >= 0) waiting.splice(at, 1);
      if (at >= 0) reject(stopped(signal, task));
    });
  });
}

function llamaHere(): Promise<Llama> {
  runtime ??= getLlama({ gpu: "auto", build: "never", skipDownload: true, logLevel: LlamaLogLevel.error, progressLogs: false });
  return runtime;
}

/** The model, loaded once. One whose file was replaced meanwhile is another model: its hash differs. */
async function loaded(llama: Llama, { model, file }: ModelTask): Promise<Loaded> {
  const key = JSON.stringify([model, file.hash]);
  const there = models.get(key);
  if (there !== undefined) return there;
  const loading = load(llama, model, file);
  models.set(key, loading);
  loading.catch(() => models.delete(key));
  return loading;
}

async function load(llama: Llama, { path, context, sequences, threads }: ModelTask["model"], file: ModelTask["file"]): Promise<Loaded> {
  try {
    const model = await llama.loadModel({ modelPath: path, useMmap: false });
    const { size, mtimeMs } = await stat(path);
    if (size !== file.bytes || mtimeMs !== file.changed_ms) {
      await model.dispose();
      throw new AssayError("model.changed", `\`${path}\` was changed while it was loaded`, { place: path });
    }
    const held = await model.createContext({ contextSize: context, sequences, threads });
    return { context: held, free: Array.from({ length: sequences }, () => held.getSequence()), waiting: [] };
  } catch (cause) {
    if (cause instanceof AssayError) throw cause;
    if (cause instanceof InsufficientMemoryError)
      throw new AssayError("limit.model_mb", cause.message.toLowerCase(), { place: path, cause });
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AssayError("model.unreadable", `llama.cpp cannot load the model: ${reason}`, { place: path, cause });
  }
}
