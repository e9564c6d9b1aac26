import type { Server } from "node:http";
import type { Socket } from "node:net";

const SWEEP_MS = 20;

/** The connections of a server, so that it can close without waiting for those on which nobody asks anything. */
export class Connections {
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket: Socket) => {
      this.#open.add(socket);
      socket.on("close", () => this.#open.delete(socket));
    });
  }

  /**
   * Runs `close`, meanwhile letting go of every connection that falls idle or was never used. All of them are cut `most_ms` after
   * `answered` came: until then somebody waits for an answer.
   */
  async closing(close: () => Promise<void>, answered: () => Promise<void>, most_ms: number): Promise<void> {
    const sweep = setInterval(() => this.#sweep(), SWEEP_MS);
    const closed = new AbortController();
    void this.#cutAfter(answered(), most_ms, closed.signal);
    try {
      await close();
    } finally {
      clearInterval(sweep);
      closed.abort();
    }
  }

  async #cutAfter(answered: Promise<void>, most_ms: number, closed: AbortSignal): Promise<void> {
    await answered;
    const deadline = setTimeout(() => this.#server.closeAllConnections(), most_ms);
    if (closed.aborted) clearTimeout(deadline);
    closed.addEventListener("abort", () => clearTimeout(deadline));
  }

  /** A connection may fall idle after the server began to close, and one that never sent a byte does not count as idle for Node. */
  #sweep(): void {
    this.#server.closeIdleConnections();
    for (const socket of this.#open) if (socket.bytesRead === 0) socket.destroy();
  }
}
