/**
 * Question: how much of what Fastify can serve is left when every request is a delta, judged by twenty laws and on disk before its answer?
 * Hypothesis: with 64 connections at least 40 % of an echo's requests a second, at half of that load 99 of 100 within 25 ms; dry runs at least
 * 60 %. A thousand subscribers cost less than a tenth of the commits.
 * Peer in the same run: raw Fastify that echoes the same JSON. Client and server share the machine, as they do for the peer; subscribers are a
 * process of their own, which takes what it is told and does not unpack it. They ask for it as browsers do, compressed, and as it is.
 * One delta in a hundred breaks a law and must be refused; every accepted one must be a commit.
 * Environment: SERVICE_FACTS=1000000; SERVICE_SECONDS=10; SERVICE_CONNECTIONS=64; SERVICE_SUBSCRIBERS=1000; SERVICE_SOAK_SECONDS=0.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quantile } from "./measure.ts";
import { type Driven, drive, post, together } from "./service/drive.ts";
import { exportsOf } from "./service/exports.ts";
import { Subscribers } from "./service/subscribers.ts";
import type { ShopSizes } from "./shop/generate.ts";
import { lineProposals } from "./shop/line_proposals.ts";

const facts = Number(process.env["SERVICE_FACTS"] ?? 1_000_000);
const seconds = Number(process.env["SERVICE_SECONDS"] ?? 10);
const connections = Number(process.env["SERVICE_CONNECTIONS"] ?? 64);
const subscribers = Number(process.env["SERVICE_SUBSCRIBERS"] ?? 1_000);
const soak = Number(process.env["SERVICE_SOAK_SECONDS"] ?? 0);

const ROUNDS = 5;
/** Telling is put off for up to a second: a slice is to be long beside that, or it would be told after it and cost nothing. */
const BESIDE_ROUNDS = 2;
const BESIDE_SECONDS = Math.max(5, seconds / ROUNDS);
/** What `EventSource` and `fetch` say that they take. */
const COMPRESSED = "gzip, deflate";

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

function print(name: string, { a_second, waited_ms, statuses }: Driven, ceiling: number): void {
  const share = `${((100 * a_second) / ceiling).toFixed(0)} %`;
  const waits = [0.5, 0.99, 0.999].map((part) => quantile(waited_ms, part).toFixed(1)).join(" | ");
  process.stdout.write(`| ${name} | ${Math.round(a_second).toLocaleString("en")} | ${share} | ${waits} | ${JSON.stringify(statuses)} |\n`);
}

/** Drives contenders in turn, a slice of the time each, so that a slow moment of the machine hits all of them; a first round is not counted. */
async function inTurn(
  contenders: Readonly<Record<string, (seconds: number) => Promise<Driven>>>,
  rounds = ROUNDS,
  slice = seconds / ROUNDS,
): Promise<Map<string, Driven>> {
  const runs = new Map<string, Driven[]>();
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, run] of Object.entries(contenders)) {
      const driven = await run(slice);
      if (round > 0) runs.set(name, [...(runs.get(name) ?? []), driven]);
    }
  }
  return new Map([...runs].map(([name, list]) => [name, together(list)]));
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
const next =
  (path: string, headers: Readonly<Record<string, string>> = {}) =>
  () =>
    post(path, body(source), headers);
const brief = { prefer: "return=minimal" };
const driving = (path: string, headers?: Readonly<Record<string, string>>) => (time: number) =>
  drive(url, { connections, seconds: time, next: next(path, headers) });
const echo = await start("echo_server.ts", []);
try {
  // Before deltas come: its peer scans the same rows.
  await exportsOf(url, facts);
  const title = `${facts.toLocaleString("en")} facts, ${connections} connections`;
  process.stdout.write(`\n${title}\n| | a second | of the echo | p50 ms | p99 | p99.9 | answers |\n|---|---|---|---|---|---|---|\n`);
  const driven = await inTurn({
    "raw Fastify, echo": (time) => drive(echo.line, { connections, seconds: time, next: next("/") }),
    "deltas, judged and durable": driving("/v1/deltas"),
    "deltas, answered in brief": driving("/v1/deltas", brief),
    "dry runs": driving("/v1/deltas?dryRun"),
    "dry runs, answered in brief": driving("/v1/deltas?dryRun", brief),
  });
  const [ceiling = 0, full = 0] = [...driven.values()].map(({ a_second }) => a_second);
  for (const [name, one] of driven) print(name, one, ceiling);
  print("deltas at half load", await drive(url, { connections, seconds, rate: full / 2, next: next("/v1/deltas") }), ceiling);
  for (const [name, query, accepted] of [
    ["a quiet query", "topic=query&query=%3F-%20orders(1%2C%20c%2C%20s).", COMPRESSED],
    ["every commit, compressed", "topic=commits", COMPRESSED],
    ["every commit, as it is", "topic=commits", null],
  ] as const) {
    const told = { bytes: 0, cpu_s: 0 };
    const contenders = {
      "no subscribers": driving("/v1/deltas"),
      [`${subscribers} subscribers to ${name}`]: async (time: number) => {
        const listening = await Subscribers.open(url, query, subscribers, accepted);
        const driven = await driving("/v1/deltas")(time);
        Object.assign(told, await listening.close());
        return driven;
      },
    };
    const beside = await inTurn(contenders, BESIDE_ROUNDS, BESIDE_SECONDS);
    const [without = 0, withThem = 0] = [...beside.values()].map(({ a_second }) => a_second);
    for (const [with_, one] of beside) print(`deltas, ${with_}`, one, ceiling);
    const share = ((100 * withThem) / without).toFixed(0);
    process.stdout.write(
      `told in the last slice: ${told.bytes.toLocaleString("en")} bytes, read in ${told.cpu_s.toFixed(2)} s of processor time; commits ${share} % of those without\n`,
    );
  }
  if (soak > 0) {
    const before = await memoryOf(service.process);
    print(
      `soak of ${soak} s at half load`,
      await drive(url, { connections, seconds: soak, rate: full / 2, next: next("/v1/deltas") }),
      ceiling,
    );
    const after = await memoryOf(service.process);
    process.stdout.write(
      `memory ${(before.rss / 2 ** 20).toFixed(0)} MiB before, ${(after.rss / 2 ** 20).toFixed(0)} MiB after, ${after.head - before.head} commits\n`,
    );
  }
} finally {
  await stop(echo, "SIGKILL");
  await stop(service, "SIGTERM");
  rmSync(folder, { recursive: true, force: true });
}
