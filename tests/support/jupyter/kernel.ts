import { type ChildProcess, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { ZmtpPeer } from "./zmtp.ts";

/** What a cell put out, as notebooks keep it (nbformat 4.5). */
export type Output =
  | { readonly output_type: "stream"; readonly name: string; readonly text: string }
  | { readonly output_type: "display_data" | "execute_result"; readonly data: Readonly<Record<string, unknown>> }
  | { readonly output_type: "error"; readonly ename: string; readonly evalue: string; readonly traceback: readonly string[] };

interface Message {
  readonly header: { readonly msg_type: string };
  readonly parent_header: { readonly msg_id?: string };
  readonly content: Readonly<Record<string, unknown>>;
}

type Part = "answer" | "idle";

/** A cell under way: it has ended when all that is awaited came, in whichever order. */
interface Running {
  readonly outputs: Output[];
  readonly done: PromiseWithResolvers<void>;
  readonly awaited: Set<Part>;
}

const DELIMITER = "<IDS|MSG>";
const KEY = "assay";
const PATIENCE_MS = 60_000;

/** A Jupyter kernel of its own process, spoken to by the wire protocol 5.3. */
export class Kernel {
  readonly #process: ChildProcess;
  readonly #running = new Map<string, Running>();
  #shell: ZmtpPeer | null = null;
  #iopub: ZmtpPeer | null = null;
  #last = 0;

  private constructor(process: ChildProcess) {
    this.#process = process;
    process.once("exit", (code) => {
      for (const { done } of this.#running.values()) done.reject(new Error(`the kernel exited with ${code}`));
    });
  }

  /** Starts Deno's kernel in a folder; its connection file is put into `scratch`. */
  static async start(deno: string, cwd: string, scratch: string, env: Readonly<Record<string, string>>): Promise<Kernel> {
    const [shell_port = 0, iopub_port = 0, stdin_port = 0, control_port = 0, hb_port = 0] = await freePorts(5);
    const ports = { shell_port, iopub_port, stdin_port, control_port, hb_port };
    const file = join(scratch, "connection.json");
    const about = { ip: "127.0.0.1", transport: "tcp", key: KEY, signature_scheme: "hmac-sha256", kernel_name: "deno", ...ports };
    writeFileSync(file, JSON.stringify(about));
    const own = { ...process.env, DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1", DENO_DIR: join(scratch, "deno"), ...env };
    const child = spawn(deno, ["jupyter", "--kernel", "--conn", file], { cwd, env: own, stdio: ["ignore", "ignore", "inherit"] });
    const kernel = new Kernel(child);
    kernel.#iopub = await eventually(() => ZmtpPeer.open(iopub_port, "SUB", (parts) => kernel.#published(parts)), child);
    kernel.#shell = await eventually(() => ZmtpPeer.open(shell_port, "DEALER", (parts) => kernel.#replied(parts)), child);
    return kernel;
  }

  /**
   * Runs a cell; resolves with what it put out. Deno's kernel may publish a result after it said that it is idle, so that a cell without
   * any output yet is given a second more.
   */
  async run(code: string): Promise<Output[]> {
    this.#last += 1;
    const id = `cell-${this.#last}`;
    const running: Running = { outputs: [], done: Promise.withResolvers(), awaited: new Set(["answer", "idle"]) };
    this.#running.set(id, running);
    const late = setTimeout(() => running.done.reject(new Error(`a cell did not end in ${PATIENCE_MS} ms:\n${code}`)), PATIENCE_MS);
    const header = {
      msg_id: id,
      session: "tests",
      username: "tests",
      date: "2026-01-01T00:00:00Z",
      msg_type: "execute_request",
      version: "5.3",
    };
    const content = { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: false, stop_on_error: false };
    const parts = [header, {}, {}, content].map((part) => Buffer.from(JSON.stringify(part)));
    const signature = createHmac("sha256", KEY).update(Buffer.concat(parts)).digest("hex");
    this.#shell?.send([Buffer.from(DELIMITER), Buffer.from(signature), ...parts]);
    await running.done.promise.finally(() => clearTimeout(late));
    for (let tries = 0; tries < 100 && running.outputs.length === 0; tries += 1) await new Promise((resolve) => setTimeout(resolve, 10));
    this.#running.delete(id);
    return running.outputs;
  }

  async stop(): Promise<void> {
    this.#shell?.close();
    this.#iopub?.close();
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await exited;
  }

  #published(parts: readonly Buffer[]): void {
    const message = messageOf(parts);
    const running = this.#running.get(message.parent_header.msg_id ?? "");
    if (running === undefined) return;
    const { content } = message;
    const type = message.header.msg_type;
    if (type === "status" && content["execution_state"] === "idle") settle(running, "idle");
    if (type === "stream") addText(running.outputs, String(content["name"]), String(content["text"]));
    if (type === "display_data" || type === "execute_result") {
      running.outputs.push({ output_type: type, data: content["data"] as Record<string, unknown> });
    }
    if (type === "error") running.outputs.push(errorOf(content));
  }

  /** A reply that a request failed before it ran has no output to say so. */
  #replied(parts: readonly Buffer[]): void {
    const { content, parent_header } = messageOf(parts);
    const running = this.#running.get(parent_header.msg_id ?? "");
    if (running === undefined) return;
    if (content["status"] === "error" && running.outputs.every(({ output_type }) => output_type !== "error")) {
      running.outputs.push(errorOf(content));
    }
    settle(running, "answer");
  }
}

function errorOf({ ename, evalue, traceback }: Message["content"]): Output {
  return { output_type: "error", ename: String(ename), evalue: String(evalue), traceback: traceback as string[] };
}

function settle({ awaited, done }: Running, what: Part): void {
  awaited.delete(what);
  if (awaited.size === 0) done.resolve();
}

function addText(outputs: Output[], name: string, text: string): void {
  const last = outputs.at(-1);
  const isSame = last?.output_type === "stream" && last.name === name;
  if (isSame) outputs.pop();
  outputs.push({ output_type: "stream", name, text: isSame ? last.text + text : text });
}

function messageOf(parts: readonly Buffer[]): Message {
  const at = parts.findIndex((part) => part.toString() === DELIMITER);
  const [header, parent_header, , content] = parts.slice(at + 2).map((part) => JSON.parse(part.toString()) as never);
  return { header, parent_header, content } as unknown as Message;
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}

/** Tries until the kernel listens. */
async function eventually<T>(open: () => Promise<T>, child: ChildProcess): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await open();
    } catch (cause) {
      if (tries > 300 || child.exitCode !== null) throw cause;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
