import { constants, getPriority, setPriority } from "node:os";
import { extname } from "node:path";
import { MessageChannel, type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { Piscina } from "piscina";
import { readModelFile } from "./gguf_header.ts";
import { type FromChild, failedBy, type HoldSettings, type ModelTask, type TaskResult, type ToChild } from "./model_messages.ts";

/**
 * The child process that holds models: jobs come over its IPC channel and run in worker threads. It gives way to other processes, so that a
 * verdict never waits for a model. It ends by itself when told to stop or when its parent is gone, after the jobs under way were cancelled;
 * ending a thread while it generates would abort it.
 */
const settings = JSON.parse(process.argv[2] ?? "") as HoldSettings;
setPriority(Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL));
const pool = new Piscina<{ task: ModelTask; port: MessagePort; settings: HoldSettings }, TaskResult>({
  filename: new URL(`./model_worker${extname(import.meta.filename)}`, import.meta.url).href,
  minThreads: settings.workers,
  maxThreads: settings.workers,
  concurrentTasksPerWorker: settings.slots,
  atomics: "disabled",
  execArgv: [],
});
const ports = new Map<number, MessagePort>();
/** Headers are read one after the other, for each takes memory. */
let reading: Promise<void> = Promise.resolve();
let isStopping = false;

function tell(message: FromChild): void {
  if (process.connected) process.send?.(message);
}

async function describe(id: number, path: string, memory_mb: number): Promise<void> {
  try {
    tell({ kind: "described", id, file: await readModelFile(path, memory_mb) });
  } catch (cause) {
    tell({ ...failedBy(cause), id });
  }
}

async function runTask(id: number, task: ModelTask): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  ports.set(id, port1);
  port1.on("message", (tokens: number) => tell({ kind: "tokens", id, tokens }));
  try {
    const result = await pool.run({ task, port: port2, settings }, { transferList: [port2] });
    for (let late = receiveMessageOnPort(port1); late !== undefined; late = receiveMessageOnPort(port1))
      tell({ kind: "tokens", id, tokens: late.message as number });
    tell({ ...result, id });
  } catch (cause) {
    tell({ ...failedBy(cause), id });
  } finally {
    ports.delete(id);
    port1.close();
    if (isStopping) await stop();
  }
}

async function stop(): Promise<void> {
  isStopping = true;
  for (const port of ports.values()) port.postMessage("cancel");
  if (ports.size > 0) return;
  await pool.destroy();
  if (process.connected) process.disconnect();
}

process.on("message", (message: ToChild) => {
  switch (message.kind) {
    case "describe":
      reading = reading.then(() => describe(message.id, message.path, message.memory_mb));
      break;
    case "run":
      void runTask(message.id, message.task);
      break;
    case "cancel":
      ports.get(message.id)?.postMessage("cancel");
      break;
    case "stop":
      void stop();
      break;
  }
});
process.on("disconnect", () => void stop());
