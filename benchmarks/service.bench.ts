/**
 * Question: how much of what Fastify can serve is left when every request is a delta, judged by twenty laws and on disk before its answer?
 * Hypothesis: with 64 connections at least 40 % of an echo's requests a second, at half of that load 99 of 100 within 25 ms; dry runs at least
 * 60 %. A thousand subscribers cost less than a tenth of the commits.
 * Peer in the same run: raw Fastify that echoes the same JSON. Client and server share the machine, as they do for the peer.
 * One delta in a hundred breaks a law and must be refused; every accepted one must be a commit.
 * Environment: SERVICE_FACTS=1000000; SERVICE_SECONDS=10; SERVICE_CONNECTIONS=64; SERVICE_SUBSCRIBERS=1000; SERVICE_SOAK_SECONDS=0.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Driven, drive, post } from "./service/drive.ts";
import { exportsOf } from "./service/exports.ts";
import { Subscribers } from "./service/subscribers.ts";
import type { ShopSizes } from "./shop/generate.ts";
import { lineProposals } from "./shop/line_proposals.ts";

const facts = Number(process.env["SERVICE_FACTS"] ?? 1_000_000);
const seconds = Number(process.env["SERVICE_SECONDS"] ?? 10);
const connections = Number(process.env["SERVICE_CONNECTIONS"] ?? 64);
const subscribers = Number(process.env["SERVICE_SUBSCRIBERS"] ?? 1_000);
const soak = Number(process.env["SERVICE_SOAK_SECONDS"] ?? 0);

interface Started {
  readonly process: ChildProcess;
  readonly line: string;
}

async function start(script: string, args: readonly string[]): Promise<Started> {
  const child = fork(join(import.meta.dirname, "service", script), args, { stdio: ["ignore", "pipe", "inherit", "ipc"] });
  if (child.stdout === null) throw new Error("a server without stdout");
  let text = "";
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (text.includes("\n")) break;
  }
  return { process: child, line: text.trim() };
}

async function stop({ process: child }: Started, signal: NodeJS.Signals): Promise<void> {
  const gone = once(child, "exit");
  child.kill(signal);
  await gone;
}

function body(source: Generator<ReturnType<typeof lineProposals> extends Generator<infer T> ? T : never>): string {
  const { delta } = source.next().value;
  const [row] = delta.assert.get("line") ?? [];
  return JSON.stringify({ proposer: delta.proposer, reason: delta.reason, assert: { line: [(row as bigint[]).map(Number)] } });
}

function print(name: string, { a_second, p50_ms, p99_ms, p999_ms, statuses }: Driven, ceiling: number): void {
  const share = `${((100 * a_second) / ceiling).toFixed(0)} %`;
  const waits = [p50_ms, p99_ms, p999_ms].map((value) => value.toFixed(1)).join(" | ");
  process.stdout.write(`| ${name} | ${Math.round(a_second).toLocaleString("en")} | ${share} | ${waits} | ${JSON.stringify(statuses)} |\n`);
}

async function memoryOf(child: ChildProcess): Promise<{ rss: number; head: number }> {
  const told = once(child, "message");
  child.send("memory");
  return (await told)[0] as { rss: number; head: number };
}

const folder = mkdtempSync(join(tmpdir(), "assay-service-"));
const service = await start("shop_server.ts", [join(folder, "base.duckdb"), String(facts)]);
const { url, sizes } = JSON.parse(service.line) as { url: string; sizes: ShopSizes };
const source = lineProposals(sizes);
const next = (path: string) => () => post(path, body(source));
try {
  process.stdout.write(
    `${facts.toLocaleString("en")} facts, ${connections} connections\n| | a second | of the echo | p50 ms | p99 | p99.9 | answers |\n|---|---|---|---|---|---|---|\n`,
  );
  const echo = await start("echo_server.ts", []);
  await drive(echo.line, { connections, seconds: seconds / 4, next: next("/") });
  const ceiling = await drive(echo.line, { connections, seconds, next: next("/") });
  await stop(echo, "SIGKILL");
  print("raw Fastify, echo", ceiling, ceiling.a_second);
  await drive(url, { connections, seconds: seconds / 2, next: next("/v1/deltas") });
  const commits = await drive(url, { connections, seconds, next: next("/v1/deltas") });
  print("deltas, judged and durable", commits, ceiling.a_second);
  const half = await drive(url, { connections, seconds, rate: commits.a_second / 2, next: next("/v1/deltas") });
  print("at half of that load", half, ceiling.a_second);
  const lean = () => post("/v1/deltas", body(source), { prefer: "return=minimal" });
  print("deltas, answered in brief", await drive(url, { connections, seconds, next: lean }), ceiling.a_second);
  const lean_dry = () => post("/v1/deltas?dryRun", body(source), { prefer: "return=minimal" });
  print("dry runs, answered in brief", await drive(url, { connections, seconds, next: lean_dry }), ceiling.a_second);
  print("dry runs", await drive(url, { connections, seconds, next: next("/v1/deltas?dryRun") }), ceiling.a_second);
  for (const [name, query] of [
    ["a quiet query", "topic=query&query=%3F-%20orders(1%2C%20c%2C%20s)."],
    ["every commit", "topic=commits"],
  ] as const) {
    const listening = await Subscribers.open(url, query, subscribers);
    const beside = await drive(url, { connections, seconds, next: next("/v1/deltas") });
    const again = listening.close();
    print(`deltas, ${subscribers} subscribers to ${name}`, beside, ceiling.a_second);
    process.stdout.write(
      `subscribers were told ${(await again).toLocaleString("en")} bytes; commits ${((100 * beside.a_second) / commits.a_second).toFixed(0)} % of those without\n`,
    );
  }
  if (soak > 0) {
    const before = await memoryOf(service.process);
    print(
      `soak of ${soak} s at half load`,
      await drive(url, { connections, seconds: soak, rate: commits.a_second / 2, next: next("/v1/deltas") }),
      ceiling.a_second,
    );
    const after = await memoryOf(service.process);
    process.stdout.write(
      `memory ${(before.rss / 2 ** 20).toFixed(0)} MiB before, ${(after.rss / 2 ** 20).toFixed(0)} MiB after, ${after.head - before.head} commits\n`,
    );
  }
  await exportsOf(url, facts);
} finally {
  await stop(service, "SIGTERM");
  rmSync(folder, { recursive: true, force: true });
}
