import { once } from "node:events";
import type { Clock } from "../../schema/clock.ts";
import { type Style, streamStyle } from "../report/style.ts";
import type { Host } from "./host.ts";

const PROGRESS_EVERY_MICROS = 100_000;

/**
 * The process's streams. Answers go to stdout, everything said beside them to stderr. A reader that goes away (`| head`) ends the
 * process quietly with the exit code set so far.
 */
export class Terminal {
  readonly style: Style;
  readonly errorStyle: Style;
  readonly #out: Host["stdout"];
  readonly #err: Host["stderr"];
  readonly #clock: Clock;
  #progressAt = Number.NEGATIVE_INFINITY;
  #progressShown = false;

  constructor({ stdout: out, stderr: err }: Host, clock: Clock) {
    this.#out = out;
    this.#err = err;
    this.#clock = clock;
    this.style = streamStyle(out);
    this.errorStyle = streamStyle(err);
    for (const stream of [out, err]) stream.on("error", endQuietly);
  }

  /** Writes to stdout and waits where its reader is slower. */
  async out(chunk: string | Uint8Array): Promise<void> {
    this.#clearProgress();
    if (!this.#out.write(chunk)) await once(this.#out, "drain");
  }

  err(text: string): void {
    this.#clearProgress();
    this.#err.write(text);
  }

  /** Shows how far long work is, in place, on a terminal only. */
  progress(text: string): void {
    if (this.#err.isTTY !== true) return;
    const now = this.#clock.micros();
    if (now - this.#progressAt < PROGRESS_EVERY_MICROS) return;
    this.#progressAt = now;
    this.#progressShown = true;
    this.#err.write(`\r\u001b[2K${this.errorStyle("dim", text)}`);
  }

  #clearProgress(): void {
    if (!this.#progressShown) return;
    this.#progressShown = false;
    this.#err.write("\r\u001b[2K");
  }
}

function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") process.exit();
  throw error;
}
