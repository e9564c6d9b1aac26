import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** What subscribers were sent, and the processor time that taking it took. */
export interface Taken {
  readonly bytes: number;
  readonly cpu_s: number;
}

/** Many clients that take server-sent events and do nothing with them, in a process of their own. */
export class Subscribers {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  /** Subscribes `count` clients that accept these codings, plain text alone where null; resolves when each has the head of its answer. */
  static async open(url: string, query: string, count: number, accepted: string | null): Promise<Subscribers> {
    const child = fork(join(import.meta.dirname, "subscribers_process.ts"), [url, query, String(count), accepted ?? ""]);
    await once(child, "message");
    return new Subscribers(child);
  }

  /** Ends all of them. */
  async close(): Promise<Taken> {
    const told = once(this.#process, "message");
    this.#process.send("close");
    const [taken] = (await told) as [Taken];
    await once(this.#process, "exit");
    return taken;
  }
}
