import { once } from "node:events";
import type { Clock } from "../../schema/clock.ts";
import { type Style, streamStyle } from "../report/style.ts";
import type { Host } from "./host.ts";

const TICK_MS = 200;
const MICROS_A_SECOND = 1_000_000;

/**
 * The host's streams. Answers go to stdout, everything said beside them to stderr. A reader that goes away (`| head`) ends the
 * process quietly with the exit code set so far.
 */
export class Terminal {
  readonly style: Style;
  readonly errorStyle: Style;
  readonly #out: Host["stdout"];
  readonly #err: Host["stderr"];
  readonly #clock: Clock;
  readonly #started: number;
  #progress: { text: string; readonly timer: NodeJS.Timeout } | null = null;

  constructor({ stdout: out, stderr: err }: Host, clock: Clock) {
    this.#out = out;
    this.#err = err;
    this.#clock = clock;
    this.#started = clock.micros();
    this.style = streamStyle(out);
    this.errorStyle = streamStyle(err);
    for (const stream of [out, err]) stream.on("error", endQuietly);
  }

  /** Writes to stdout and waits where its reader is slower. */
  async out(chunk: string | Uint8Array): Promise<void> {
    this.#endProgress();
    if (!this.#out.write(chunk)) await once(this.#out, "drain");
  }

  err(text: string): void {
    this.#endProgress();
    this.#err.write(text);
  }

  /** Shows what is under way and for how long, in place, on a terminal only, until something is printed. */
  progress(text: string): void {
    if (this.#err.isTTY !== true) return;
    this.#progress ??= { text, timer: setInterval(() => this.#drawProgress(), TICK_MS).unref() };
    this.#progress.text = text;
  }

  #drawProgress(): void {
    const seconds = Math.floor((this.#clock.micros() - this.#started) / MICROS_A_SECOND);
    this.#err.write(`\r\u001b[2K${this.errorStyle("dim", `${this.#progress?.text} · ${seconds} s`)}`);
  }

  #endProgress(): void {
    if (this.#progress === null) return;
    clearInterval(this.#progress.timer);
    this.#progress = null;
    this.#err.write("\r\u001b[2K");
  }
}

function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") process.exit();
  throw error;
}
