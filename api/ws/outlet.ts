import type { PassThrough } from "node:stream";
import type { WebSocket } from "@fastify/websocket";
import { messageText, type SentEvent, sseText } from "./events.ts";

/** Where a subscriber's events go. */
export interface Outlet {
  readonly transport: "ws" | "sse";
  /** Sends events that are `from` … `to` of their channel, which others may be sent too. False: it is full, `onRoom` is called when it is not. */
  send(events: readonly SentEvent[], written: Written): boolean;
  /** Sends the last event and closes, and sends nothing after it; a reader that does not take it is cut off. */
  end(last: SentEvent): void;
  /** Keeps the connection from looking dead. */
  beat(): void;
  isGone(): boolean;
  onRoom(listener: () => void): void;
  onGone(listener: () => void): void;
}

/** The text of some events, made when first asked for and shared by all who are sent the same. */
export class Written {
  readonly #events: readonly SentEvent[];
  #sse: Buffer | null = null;
  #message: Buffer | null = null;

  constructor(events: readonly SentEvent[]) {
    this.#events = events;
  }

  get sse(): Buffer {
    this.#sse ??= Buffer.from(sseText(this.#events));
    return this.#sse;
  }

  get message(): Buffer {
    this.#message ??= Buffer.from(messageText(this.#events));
    return this.#message;
  }
}

const FULL_BYTES = 1024 * 1024;
const FAREWELL_MS = 5_000;

/** Close codes of the service (RFC 6455 leaves 4000 to 4999 to applications). */
export const closeCodes = { ended: 4410, lagged: 4429, closing: 1001, refused: 4400, unauthorized: 4401 } as const;

export function sseOutlet(out: PassThrough): Outlet {
  let isFull = false;
  let hasEnded = false;
  return {
    transport: "sse",
    send(_events, written) {
      if (hasEnded) return true;
      isFull = !out.write(written.sse);
      return !isFull;
    },
    end(last) {
      if (hasEnded) return;
      hasEnded = true;
      out.end(sseText([last]));
      setTimeout(() => out.destroy(), FAREWELL_MS).unref();
    },
    beat() {
      if (!isFull && !hasEnded) out.write(": alive\n\n");
    },
    isGone: () => out.destroyed,
    onRoom: (listener) =>
      void out.on("drain", () => {
        isFull = false;
        listener();
      }),
    onGone: (listener) => void out.on("close", listener),
  };
}

export function wsOutlet(socket: WebSocket): Outlet {
  let isFull = false;
  let hasEnded = false;
  let hasRoom: () => void = () => undefined;
  return {
    transport: "ws",
    send(_events, written) {
      if (hasEnded) return true;
      socket.send(written.message, { binary: false }, () => {
        if (!isFull || socket.bufferedAmount > 0) return;
        isFull = false;
        hasRoom();
      });
      isFull = socket.bufferedAmount > FULL_BYTES;
      return !isFull;
    },
    end(last) {
      if (hasEnded) return;
      hasEnded = true;
      socket.send(messageText([last]));
      socket.close(closeCodes[isLast(last.kind) ? last.kind : "ended"], last.kind);
      setTimeout(() => socket.terminate(), FAREWELL_MS).unref();
    },
    beat: () => socket.ping(),
    isGone: () => socket.readyState !== socket.OPEN,
    onRoom: (listener) => {
      hasRoom = listener;
    },
    onGone: (listener) => void socket.on("close", listener),
  };
}

function isLast(kind: SentEvent["kind"]): kind is SentEvent["kind"] & keyof typeof closeCodes {
  return Object.hasOwn(closeCodes, kind);
}
