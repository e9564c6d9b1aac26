import type { ServerResponse } from "node:http";
import type { SentEvent } from "./events.ts";
import { GzipStream, storedPart } from "./gzip_stream.ts";
import { FAREWELL_MS, type Outlet } from "./outlet.ts";
import { Written } from "./written.ts";

type Text = Pick<Written, "sse" | "gzip">;

/** With the first bytes go the headers: a subscriber whom nothing is to be told yet knows that it is heard. */
const LISTENING = comment("listening");
const ALIVE = comment("alive");

function comment(text: string): Text {
  const sse = Buffer.from(`: ${text}\n\n`);
  return { sse, gzip: storedPart(sse) };
}

/** Server-sent events as the body of an answer, which it writes to without anything in between: one buffer an answer and round. */
export class SseOutlet implements Outlet {
  readonly transport = "sse";
  readonly #answer: ServerResponse;
  readonly #takeOver: () => void;
  readonly #gzip: GzipStream | null;
  #isOpen = false;
  #isFull = false;
  #hasEnded = false;

  /** `takeOver` is called before the first byte and writes the head of the answer, which says that it is coded where it `isGzip`. */
  constructor(answer: ServerResponse, isGzip: boolean, takeOver: () => void) {
    this.#answer = answer;
    this.#takeOver = takeOver;
    this.#gzip = isGzip ? new GzipStream() : null;
  }

  /** Begins the answer, unless something was sent already. */
  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#takeOver();
    if (this.#gzip !== null) this.#answer.write(this.#gzip.head);
    this.#write(LISTENING);
  }

  send(written: Written): boolean {
    if (this.#hasEnded || this.isGone()) return true;
    this.open();
    this.#isFull = !this.#write(written);
    return !this.#isFull;
  }

  end(last: SentEvent): void {
    if (this.#hasEnded || this.isGone()) return;
    this.open();
    this.#hasEnded = true;
    this.#write(new Written([last], false));
    if (this.#gzip !== null) this.#answer.write(this.#gzip.end());
    this.#answer.end();
    setTimeout(() => this.#answer.destroy(), FAREWELL_MS).unref();
  }

  beat(): void {
    if (!this.#isFull && !this.#hasEnded && !this.isGone()) this.#write(ALIVE);
  }

  isGone(): boolean {
    return this.#answer.destroyed;
  }

  onRoom(listener: () => void): void {
    this.#answer.on("drain", () => {
      this.#isFull = false;
      listener();
    });
  }

  onGone(listener: () => void): void {
    this.#answer.on("close", listener);
  }

  #write(text: Text): boolean {
    return this.#answer.write(this.#gzip === null ? text.sse : this.#gzip.next(text.gzip));
  }
}
