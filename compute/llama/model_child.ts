import { type ChildProcess, spawn } from "node:child_process";
import { extname } from "node:path";
import type { FromChild, HoldSettings, ToChild } from "./model_messages.ts";

export interface ChildOptions {
  readonly settings: HoldSettings;
  /** Data of the process at most, what Node itself takes aside: a bound for the system to hold, should a budget be off. */
  readonly memory_mb: number;
  onMessage(message: FromChild): void;
  /** Called once, with what ended it: `signal SIGABRT`, `code 1`, and what it said of that, if anything. */
  onExit(reason: string): void;
}

/** Data of a Node process that does nothing, and of each worker in it, most of it reserved and never touched, with room for what they do. */
const NODE_MB = 1_024;
const WORKER_MB = 640;
const STOP_MS = 5_000;
/** Where `ulimit` is had, it bounds the data of the process; llama.cpp then fails to allocate, or aborts the child. */
const BOUNDED = 'ulimit -d "$0"; exec "$@"';

const SAID_CHARACTERS = 4_096;
const WORDS_CHARACTERS = 200;

/** The process that holds models. */
export class ModelChild {
  readonly #process: ChildProcess;
  #isGone = false;

  constructor({ settings, memory_mb, onMessage, onExit }: ChildOptions) {
    const script = new URL(`./model_process${extname(import.meta.filename)}`, import.meta.url).pathname;
    const command = [process.execPath, script, JSON.stringify(settings)];
    const [program, ...rest] =
      process.platform === "win32"
        ? command
        : ["/bin/sh", "-c", BOUNDED, String((memory_mb + NODE_MB + settings.workers * WORKER_MB) * 1024), ...command];
    this.#process = spawn(program as string, rest, {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      serialization: "advanced",
    });
    let said = "";
    this.#process.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said = `${said}${text}`.slice(-SAID_CHARACTERS);
    });
    this.#process.on("message", (message) => onMessage(message as FromChild));
    const gone = (reason: string): void => {
      if (this.#isGone) return;
      this.#isGone = true;
      onExit(reason);
    };
    this.#process.on("error", (error) => gone(error.message));
    this.#process.on("close", (code, signal) => gone(`${signal === null ? `code ${code}` : `signal ${signal}`}${lastWords(said)}`));
  }

  /** The id of the process, for whoever watches it; undefined where it did not start. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  send(message: ToChild): void {
    if (this.#process.connected) this.#process.send(message, () => undefined);
  }

  /** Ends it at once; what it did is lost. */
  kill(): void {
    this.#process.kill("SIGKILL");
  }

  /** Lets it cancel what it does and end; ends it at once where it does not. */
  async stop(): Promise<void> {
    if (this.#isGone) return;
    const gone = new Promise<void>((resolve) => this.#process.once("close", () => resolve()));
    this.send({ kind: "stop" });
    const timer = setTimeout(() => this.kill(), STOP_MS);
    await gone;
    clearTimeout(timer);
  }
}

/** The line that tells why, among what llama.cpp and Node print when they give up. */
function lastWords(said: string): string {
  const line = said.split("\n").find((text) => /assert|alloc|memory|terminate|fatal/i.test(text));
  return line === undefined ? "" : `, saying \`${line.trim().slice(0, WORDS_CHARACTERS)}\``;
}
