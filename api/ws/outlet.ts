import type { WebSocket } from "@fastify/websocket";
import { messageText, type SentEvent } from "./events.ts";
import type { Written } from "./written.ts";

/** Where a subscriber's events go. */
export interface Outlet {
  readonly transport: "ws" | "sse";
  /** Sends events, which others may be sent too. False: it is full, `onRoom` is called when it is not. */
  send(written: Written): boolean;
  /** Sends the last event and closes, and sends nothing after it; a reader that does not take it is cut off. */
  end(last: SentEvent): void;
  /** Keeps the connection from looking dead. */
  beat(): void;
  isGone(): boolean;
  onRoom(listener: () => void): void;
  onGone(listener: () => void): void;
}

const FULL_BYTES = 1024 * 1024;
/** How long a reader has for the last event. */
export const FAREWELL_MS = 5_000;

/** Close codes of the service (RFC 6455 leaves 4000 to 4999 to applications). */
export const closeCodes = { ended: 4410, lagged: 4429, closing: 1001, refused: 4400, unauthorized: 4401 } as const;

/** Messages are not compressed: `ws` has each connection compress its own, which for a thousand of them is a thousand times the work. */
export function wsOutlet(socket: WebSocket): Outlet {
  let isFull = false;
  let hasEnded = false;
  let hasRoom: () => void = () => undefined;
  return {
    transport: "ws",
    send(written) {
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
