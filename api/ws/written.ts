import { messageText, type SentEvent, sseText } from "./events.ts";
import { compressedPart, type GzipPart, storedPart } from "./gzip_stream.ts";

/** Some events as they are sent, each form made when first asked for and shared by all who are sent the same. */
export class Written {
  readonly #events: readonly SentEvent[];
  readonly #isForAll: boolean;
  #sse: Buffer | null = null;
  #gzip: GzipPart | null = null;
  #message: Buffer | null = null;

  /** What is `isForAll` is worth compressing, for it is done once; what one subscriber is sent by itself is not. */
  constructor(events: readonly SentEvent[], isForAll: boolean) {
    this.#events = events;
    this.#isForAll = isForAll;
  }

  /** Server-sent events. */
  get sse(): Buffer {
    this.#sse ??= Buffer.from(sseText(this.#events));
    return this.#sse;
  }

  /** Server-sent events as part of a gzip stream. */
  get gzip(): GzipPart {
    this.#gzip ??= this.#isForAll ? compressedPart(this.sse) : storedPart(this.sse);
    return this.#gzip;
  }

  /** A message of a WebSocket. */
  get message(): Buffer {
    this.#message ??= Buffer.from(messageText(this.#events));
    return this.#message;
  }
}
