/**
 * Question: what does the verdict over a delta of one fact cost in the incremental engine, against bases of growing size, under twenty laws of
 * which one is recursive and two are aggregates?
 * Hypothesis: the cost is that of what the delta touches: a median under 100 µs and a p99 under 1 ms at ten million facts, no more than twice the
 * median at ten thousand.
 * Peers in the same run: DuckDB judging from nothing; DuckDB with ART indexes and one hand-written prepared statement a kind of delta, which
 * knows that the state before broke no law.
 * Every decision is held against what the delta was made to be. Environment: DELTA_FACTS=10000,1000000,10000000; DELTA_COUNT=20000.
 */
import { checkLaws } from "../logic/engines/duckdb/check_laws.ts";
import type { IncrementalEngine } from "../logic/engines/incremental/incremental_engine.ts";
import { loadEngine } from "../logic/engines/incremental/load_engine.ts";
import type { IrProgram } from "../logic/language/ir.ts";
import { systemClock } from "../schema/clock.ts";
import { limitsWith } from "../schema/limits.ts";
import { quoteName } from "../schema/sql_session.ts";
import { type DuckDbSession, openMemory } from "../verify/store/duckdb_session.ts";
import { quantile } from "./measure.ts";
import { type OneFactDelta, oneFactDeltas } from "./shop/deltas.ts";
import { preparedDeltas } from "./shop/duckdb_deltas.ts";
import { generateShop, type ShopSizes, shopSizes } from "./shop/generate.ts";
import { shopProgram } from "./shop/program.ts";

const counts = (process.env["DELTA_FACTS"] ?? "10000,1000000,10000000").split(",").map(Number);
const deltas = Number(process.env["DELTA_COUNT"] ?? 20_000);
/** Turns in which the contenders run, the first one not counted; a turn of DuckDB's statements is this many times shorter. */
const TURNS = 5;
const SHORTER = 40;
const limits = limitsWith({ verdict_ms: 600_000 });

/** Judges one delta, and keeps it where no law refuses it. Returns whether one did. */
function judge(engine: IncrementalEngine, { sign, relation, row }: OneFactDelta): boolean {
  const change = [{ relation, row }];
  const { undecided } = engine.apply(sign === "assert" ? { assert: change, retract: [] } : { assert: [], retract: change });
  if (undecided !== null) throw new Error(undecided.detail);
  const isRefused = engine.lawOutcomes().some((law) => law.added > 0);
  if (isRefused) engine.rollback();
  else engine.keep();
  return isRefused;
}

/** Runs the next deltas of a contender and adds what each took, in microseconds, to `spent`. */
async function turn(
  source: Generator<OneFactDelta>,
  count: number,
  decide: (delta: OneFactDelta) => boolean | Promise<boolean>,
  spent: number[],
): Promise<void> {
  for (let at = 0; at < count; at += 1) {
    const delta = source.next().value as OneFactDelta;
    const start = performance.now();
    const decision = decide(delta);
    const isRefused = typeof decision === "boolean" ? decision : await decision;
    spent.push((performance.now() - start) * 1000);
    if (isRefused !== delta.isRefused) throw new Error(`${delta.sign} ${delta.relation}(${delta.row.join(", ")}): refused ${isRefused}`);
  }
}

async function fromNothing(program: IrProgram, session: DuckDbSession): Promise<number> {
  const start = performance.now();
  const checked = await checkLaws({ program, limits, session, clock: systemClock, table: quoteName, isDistinct: () => true });
  await checked.close();
  if (checked.undecided !== null || checked.laws.some((law) => law.violations > 0)) throw new Error("the base breaks a law");
  return (performance.now() - start) * 1000;
}

interface Figures {
  readonly facts: number;
  readonly ours: readonly number[];
  readonly prepared: readonly number[];
  readonly nothing: readonly number[];
}

async function run(sizes: ShopSizes, facts: number): Promise<Figures> {
  const session = await openMemory();
  const made = await generateShop(session, facts);
  const program = await shopProgram();
  const start = performance.now();
  const { engine, undecided } = await loadEngine({ program, limits, clock: systemClock, session, table: quoteName });
  if (undecided !== null) throw new Error(undecided.detail);
  process.stdout.write(`${made.toLocaleString("en")} facts loaded and checked in ${Math.round(performance.now() - start)} ms\n`);
  const prepared = await preparedDeltas(session);
  const figures = { facts: made, ours: [] as number[], prepared: [] as number[], nothing: [] as number[] };
  const [mine, theirs] = [oneFactDeltas(sizes), oneFactDeltas(sizes)];
  for (let at = 0; at <= TURNS; at += 1) {
    const isCounted = at > 0;
    const share = Math.ceil(deltas / TURNS);
    await turn(mine, share, (delta) => judge(engine, delta), isCounted ? figures.ours : []);
    await turn(theirs, Math.ceil(share / SHORTER), prepared, isCounted ? figures.prepared : []);
    const spent = await fromNothing(program, session);
    if (isCounted) figures.nothing.push(spent);
  }
  session.close();
  return figures;
}

process.stdout.write("| facts | median µs | p99 µs | DuckDB, prepared: median µs | times ours | DuckDB from nothing µs | times ours |\n");
process.stdout.write("|---|---|---|---|---|---|---|\n");
const medians: number[] = [];
for (const facts of counts) {
  const { facts: made, ours, prepared, nothing } = await run(shopSizes(facts), facts);
  const [own, peer, full] = [quantile(ours, 0.5), quantile(prepared, 0.5), quantile(nothing, 0.5)];
  medians.push(own);
  const cells = [
    made.toLocaleString("en"),
    own.toFixed(1),
    quantile(ours, 0.99).toFixed(0),
    peer.toFixed(0),
    `${(peer / own).toFixed(0)} ×`,
  ];
  process.stdout.write(
    `| ${[...cells, Math.round(full).toLocaleString("en"), `${Math.round(full / own).toLocaleString("en")} ×`].join(" | ")} |\n`,
  );
}
const [smallest = Number.NaN] = medians;
process.stdout.write(`flatness: the largest base costs ${((medians.at(-1) ?? Number.NaN) / smallest).toFixed(2)} times the smallest\n`);
