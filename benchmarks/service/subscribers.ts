import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** Many clients that take server-sent events and do nothing with them. */
export class Subscribers {
  readonly #sockets: readonly Socket[];
  #bytes = 0;

  private constructor(sockets: readonly Socket[]) {
    this.#sockets = sockets;
    for (const socket of sockets) socket.on("data", (chunk) => (this.#bytes += chunk.length));
  }

  /** Subscribes `count` clients; resolves when each has its first event or the head of its answer. */
  static async open(url: string, query: string, count: number): Promise<Subscribers> {
    const { hostname, port } = new URL(url);
    const sockets: Socket[] = [];
    for (let at = 0; at < count; at += 1) {
      const socket = connect(Number(port), hostname);
      await once(socket, "connect");
      socket.write(`GET /v1/events?${query} HTTP/1.1\r\nhost: x\r\n\r\n`);
      if (at === 0) await once(socket, "data");
      sockets.push(socket);
    }
    return new Subscribers(sockets);
  }

  /** Ends all of them. Returns how many bytes they were sent. */
  close(): number {
    for (const socket of this.#sockets) socket.destroy();
    return this.#bytes;
  }
}
