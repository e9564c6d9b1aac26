import type { MessagePort } from "node:worker_threads";
import { systemClock } from "../../schema/clock.ts";
import { generated } from "./generated.ts";
import { HeldModels } from "./held_models.ts";
import { endOf } from "./job_end.ts";
import { failedBy, type HoldSettings, type ModelTask, type TaskResult } from "./model_messages.ts";

/** Progress is told so often at most: a message for every token of a small model would cost more than the token. */
const TELL_US = 50_000;

let models: HeldModels | null = null;

/**
 * Runs one job to its end. `port` takes a message to cancel it and tells how many tokens there are. The thread must not be ended while this
 * runs: llama.cpp would abort the process.
 */
export default async function run(job: {
  readonly task: ModelTask;
  readonly port: MessagePort;
  readonly settings: HoldSettings;
}): Promise<TaskResult> {
  const { task, port, settings } = job;
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort("deadline"), task.time_ms);
  port.on("message", () => stop.abort("cancelled"));
  try {
    models ??= new HeldModels(settings);
    const held = models;
    const answer = await held.use(task, stop.signal, (sequence) => generated(held, sequence, task, stop.signal, progress(port)));
    return { kind: "done", answer };
  } catch (cause) {
    return failedBy(stop.signal.aborted ? endOf(stop.signal, task) : cause);
  } finally {
    clearTimeout(timer);
    port.close();
  }
}

function progress(port: MessagePort): (tokens: number) => void {
  let told_us = Number.NEGATIVE_INFINITY;
  return (tokens) => {
    const now_us = systemClock.micros();
    if (now_us - told_us < TELL_US) return;
    told_us = now_us;
    port.postMessage(tokens);
  };
}
