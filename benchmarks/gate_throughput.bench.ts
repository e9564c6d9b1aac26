/**
 * Question: how many proposals of one fact a second does a fact base take, each judged by twenty laws and on disk before it is acknowledged?
 * Hypothesis: proposals that wait together share one transaction, so at least 10,000 a second over a million facts in a file.
 * Peers in the same run: DuckDB alone, which judges nothing and keeps no log: one row a durable transaction, and a thousand rows a
 * transaction, appended.
 * One proposal in a hundred breaks a law and must be refused; the table of the last commit must hold every accepted fact.
 * Environment: GATE_FACTS=1000000; GATE_PROPOSALS=50000; GATE_IN_FLIGHT=2000.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../schema/clock.ts";
import { limitsWith } from "../schema/limits.ts";
import { FactBase } from "../verify/fact_base.ts";
import { Database } from "../verify/store/database.ts";
import { quantile } from "./measure.ts";
import { fillShop } from "./shop/fill.ts";
import { type LineProposal, lineProposals } from "./shop/line_proposals.ts";

const facts = Number(process.env["GATE_FACTS"] ?? 1_000_000);
const proposals = Number(process.env["GATE_PROPOSALS"] ?? 50_000);
const inFlight = Number(process.env["GATE_IN_FLIGHT"] ?? 2_000);
/** Proposals made one at a time, and rows of the peers' slowest way, which would take minutes at the full count. */
const ALONE = 500;
const GROUP_ROWS = 1_000;

interface Rate {
  readonly name: string;
  readonly a_second: number;
  readonly note: string;
}

/** Proposes with at most `window` proposals waiting. Returns how long each waited, in milliseconds. */
async function propose(base: FactBase, source: Generator<LineProposal>, count: number, window: number): Promise<number[]> {
  const waited: number[] = [];
  let left = count;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const { delta, isRefused } = source.next().value as LineProposal;
      const start = performance.now();
      const verdict = await base.propose(delta);
      waited.push(performance.now() - start);
      if (verdict.verdict !== (isRefused ? "refused" : "accepted")) throw new Error(`${verdict.verdict} where refused is ${isRefused}`);
    }
  };
  await Promise.all(Array.from({ length: window }, worker));
  return waited;
}

async function gate(path: string): Promise<Rate[]> {
  const base = await FactBase.create(path, { clock: systemClock });
  const filling = performance.now();
  const { made, sizes } = await fillShop(base, facts);
  process.stdout.write(`${made.toLocaleString("en")} facts committed in ${Math.round(performance.now() - filling)} ms\n`);
  const source = lineProposals(sizes);
  await propose(base, source, Math.ceil(proposals / 10), inFlight);
  const start = performance.now();
  const together = await propose(base, source, proposals, inFlight);
  const seconds = (performance.now() - start) / 1000;
  const aloneStart = performance.now();
  const alone = await propose(base, source, ALONE, 1);
  const aloneSeconds = (performance.now() - aloneStart) / 1000;
  await base.close();
  const waits = (list: readonly number[]): string =>
    `median wait ${quantile(list, 0.5).toFixed(1)} ms, p99 ${quantile(list, 0.99).toFixed(1)} ms`;
  return [
    { name: `Assay, ${inFlight} proposals in flight`, a_second: proposals / seconds, note: waits(together) },
    { name: "Assay, one proposal at a time", a_second: ALONE / aloneSeconds, note: waits(alone) },
  ];
}

const LINE = { catalog: null, schema: null, table: "line" };
const LINE_TYPES = ["number", "number", "number"] as const;

function rowsFrom(first: number, count: number): bigint[][] {
  return Array.from({ length: count }, (_, at) => [BigInt(first + at), BigInt(first + at), 1n]);
}

/** What DuckDB does alone with the same rows in a file of its own. */
async function alone(path: string, rowsATransaction: number, rows: number): Promise<Rate> {
  const database = await Database.open(path, limitsWith());
  const session = await database.connect();
  await session.run("CREATE TABLE line (order_id BIGINT, product BIGINT, quantity BIGINT)");
  await session.run("PREPARE put AS INSERT INTO line VALUES ($1, $2, $3)");
  const start = performance.now();
  for (let at = 0; at < rows; at += rowsATransaction) {
    if (rowsATransaction === 1) await session.run(`EXECUTE put(${at}, ${at}, 1)`);
    else await session.append(LINE, LINE_TYPES, rowsFrom(at, rowsATransaction));
  }
  const seconds = (performance.now() - start) / 1000;
  database.close();
  return { name: `DuckDB alone, ${rowsATransaction} rows a transaction`, a_second: rows / seconds, note: "nothing judged, no log" };
}

const folder = mkdtempSync(join(tmpdir(), "assay-gate-"));
try {
  const rates = [
    ...(await gate(join(folder, "base.duckdb"))),
    await alone(join(folder, "alone.duckdb"), 1, ALONE * 2),
    await alone(join(folder, "grouped.duckdb"), GROUP_ROWS, GROUP_ROWS * 100),
  ];
  process.stdout.write("| | a second | |\n|---|---|---|\n");
  for (const { name, a_second, note } of rates) {
    process.stdout.write(`| ${name} | ${Math.round(a_second).toLocaleString("en")} | ${note} |\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
