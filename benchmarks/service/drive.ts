import { once } from "node:events";
import { connect, type Socket } from "node:net";

export interface Driven {
  readonly requests: number;
  readonly seconds: number;
  /** How long each answer took. */
  readonly waited_ms: readonly number[];
  readonly a_second: number;
  /** Answers by their status. */
  readonly statuses: Readonly<Record<string, number>>;
}

export interface DriveOptions {
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second over all connections, each due at its time whatever came before; as many as go where absent. */
  readonly rate?: number;
  /** The bytes of the next request, headers and all. */
  next(): Buffer;
}

/** The bytes of a POST of JSON. */
export function post(path: string, body: string, headers: Readonly<Record<string, string>> = {}): Buffer {
  const more = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${more.join("")}`;
  return Buffer.from(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

const HEAD_END = Buffer.from("\r\n\r\n");

/**
 * Sends requests over plain sockets, one at a time on each, and times the answers: a client that costs as little as it can, for it runs on
 * the machine of the server. Where a rate is asked for, a request's time begins when it was due, not when a connection was free.
 */
export async function drive(url: string, options: DriveOptions): Promise<Driven> {
  const { hostname, port } = new URL(url);
  const waited: number[] = [];
  const statuses: Record<string, number> = {};
  const start = performance.now();
  const end = start + options.seconds * 1_000;
  let due = start;
  const turn = async (): Promise<number | null> => {
    if (options.rate === undefined) return performance.now();
    const own = due;
    due += 1_000 / options.rate;
    if (own >= end) return null;
    const early = own - performance.now();
    if (early > 1) await new Promise((resolve) => setTimeout(resolve, early));
    return own;
  };
  const work = async (): Promise<void> => {
    const connection = new Connection(connect(Number(port), hostname));
    await connection.opened;
    for (let from = await turn(); from !== null && performance.now() < end; from = await turn()) {
      const status = await connection.ask(options.next());
      waited.push(performance.now() - from);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: options.connections }, work));
  const seconds = (performance.now() - start) / 1_000;
  return { requests: waited.length, seconds, waited_ms: waited, a_second: waited.length / seconds, statuses };
}

/** Several runs as one. */
export function together(runs: readonly Driven[]): Driven {
  const sum = (of: (run: Driven) => number): number => runs.reduce((total, run) => total + of(run), 0);
  const [requests, seconds] = [sum((run) => run.requests), sum((run) => run.seconds)];
  const statuses: Record<string, number> = {};
  for (const run of runs) for (const [status, count] of Object.entries(run.statuses)) statuses[status] = (statuses[status] ?? 0) + count;
  return { requests, seconds, waited_ms: runs.flatMap(({ waited_ms }) => waited_ms), a_second: requests / seconds, statuses };
}

/** One connection that waits for each answer before it asks again. Answers must say their length. */
class Connection {
  readonly opened: Promise<unknown>;
  readonly #socket: Socket;
  #left: Buffer = Buffer.alloc(0);
  #resolve: (status: string) => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    this.opened = once(socket, "connect");
    socket.on("data", (chunk) => this.#take(chunk));
    socket.on("error", (error) => this.#reject(error));
    socket.on("close", () => this.#reject(new Error("the server closed a connection")));
  }

  ask(request: Buffer): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#reject = () => undefined;
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#left = this.#left.length === 0 ? chunk : Buffer.concat([this.#left, chunk]);
    const head = this.#left.indexOf(HEAD_END);
    if (head === -1) return;
    const text = this.#left.toString("latin1", 0, head);
    const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
    const whole = head + HEAD_END.length + length;
    if (this.#left.length < whole) return;
    this.#left = this.#left.subarray(whole);
    this.#resolve(text.slice("HTTP/1.1 ".length, "HTTP/1.1 200".length));
  }
}
