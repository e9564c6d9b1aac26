import { once } from "node:events";
import { connect, type Socket } from "node:net";

const GREETING_BYTES = 64;
const MORE = 1;
const LONG = 2;
const COMMAND = 4;

/** A peer of a ZeroMQ socket over TCP: ZMTP 3.0 (rfc.zeromq.org/spec/23) without security, for one connection to one listener. */
export class ZmtpPeer {
  readonly #socket: Socket;
  #bytes: Buffer = Buffer.alloc(0);
  #isGreeted = false;
  #parts: Buffer[] = [];
  readonly #onMessage: (parts: readonly Buffer[]) => void;
  readonly #ready = Promise.withResolvers<void>();

  private constructor(socket: Socket, onMessage: (parts: readonly Buffer[]) => void) {
    this.#socket = socket;
    this.#onMessage = onMessage;
    socket.on("data", (chunk) => this.#take(chunk));
    socket.on("error", (cause) => this.#ready.reject(cause));
    socket.on("close", () => this.#ready.reject(new Error("the peer closed")));
    this.#ready.promise.catch(() => undefined);
  }

  /** Connects as a DEALER or a SUB, which subscribes to everything. */
  static async open(port: number, type: "DEALER" | "SUB", onMessage: (parts: readonly Buffer[]) => void): Promise<ZmtpPeer> {
    const socket = connect(port, "127.0.0.1");
    const peer = new ZmtpPeer(socket, onMessage);
    await once(socket, "connect");
    const greeting = Buffer.alloc(GREETING_BYTES);
    greeting.set([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0]);
    greeting.write("NULL", 12);
    socket.write(greeting);
    const name = "Socket-Type";
    const property = Buffer.from([name.length, ...Buffer.from(name), 0, 0, 0, type.length, ...Buffer.from(type)]);
    peer.#frame(Buffer.concat([Buffer.from([5]), Buffer.from("READY"), property]), COMMAND);
    await peer.#ready.promise;
    if (type === "SUB") peer.send([Buffer.from([1])]);
    return peer;
  }

  send(parts: readonly Uint8Array[]): void {
    for (const [index, part] of parts.entries()) this.#frame(part, index < parts.length - 1 ? MORE : 0);
  }

  close(): void {
    this.#socket.destroy();
  }

  #frame(body: Uint8Array, flags: number): void {
    const head = Buffer.alloc(9);
    head[0] = flags | LONG;
    head.writeBigUInt64BE(BigInt(body.length), 1);
    this.#socket.write(Buffer.concat([head, body]));
  }

  #take(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    if (!this.#isGreeted) {
      if (this.#bytes.length < GREETING_BYTES) return;
      this.#isGreeted = true;
      this.#bytes = this.#bytes.subarray(GREETING_BYTES);
    }
    while (this.#bytes.length >= 2) {
      const flags = this.#bytes[0] ?? 0;
      const isLong = (flags & LONG) !== 0;
      const head = isLong ? 9 : 2;
      if (this.#bytes.length < head) return;
      const length = isLong ? Number(this.#bytes.readBigUInt64BE(1)) : (this.#bytes[1] ?? 0);
      if (this.#bytes.length < head + length) return;
      const body = Buffer.from(this.#bytes.subarray(head, head + length));
      this.#bytes = this.#bytes.subarray(head + length);
      if ((flags & COMMAND) !== 0) this.#ready.resolve();
      else this.#part(body, (flags & MORE) !== 0);
    }
  }

  #part(body: Buffer, more: boolean): void {
    this.#parts.push(body);
    if (!more) this.#onMessage(this.#parts.splice(0));
  }
}
