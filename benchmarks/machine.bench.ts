/**
 * Question: what does it cost to hold a fiber of the relational machine to its laws, and to add one history to a machine that has many?
 * Hypotheses: on the compact form, by points, our engine is 100 times faster than clingo on the laws over three elements and on those of
 * bitmasks, from 256 elements on, for ten points stand for a million cells; and the verdict on one more history costs the same whatever the
 * number of histories.
 * Peers in the same run: native clingo over the tables of the same fiber, laws over three elements (64) and bitmasks (256, 1,024); our own engine
 * over the tables in the theory's form; for histories, DuckDB judging the whole machine. Each is first shown a fiber with one flaw, and must refuse it.
 * Environment: MACHINE_POINTS=6,8,10; MACHINE_HISTORIES=1000,10000,100000; MACHINE_TABLES=256 (the largest fiber judged by tables).
 */

import { isClingo, NativeClingo } from "../logic/engines/clingo/native_clingo.ts";
import { checkLaws } from "../logic/engines/duckdb/check_laws.ts";
import type { IncrementalEngine } from "../logic/engines/incremental/incremental_engine.ts";
import { loadEngine } from "../logic/engines/incremental/load_engine.ts";
import { compileTheories, findTheory } from "../logic/theory.ts";
import { systemClock } from "../schema/clock.ts";
import type { Fact } from "../schema/fact.ts";
import { limitsWith } from "../schema/limits.ts";
import { quoteName, sqlType } from "../schema/sql_session.ts";
import type { Row } from "../schema/value.ts";
import { type DuckDbSession, openMemory } from "../verify/store/duckdb_session.ts";
import { cubePoints, cubeProgram, cubeTables, type Flaw } from "./machine/cube.ts";
import { grownMachine } from "./machine/grown_machine.ts";
import { measure, median, printMeasured, quantile } from "./measure.ts";

const numbers = (name: string, otherwise: string): number[] => (process.env[name] ?? otherwise).split(",").map(Number);
const FIBERS = numbers("MACHINE_POINTS", "6,8,10");
const HISTORIES = numbers("MACHINE_HISTORIES", "1000,10000,100000");
const [TABLES_MAX = 256] = numbers("MACHINE_TABLES", "256");
const ADDED = 500;
const REPEATS = 20;
const limits = limitsWith({ verdict_ms: 600_000 });

const compiled = compileTheories([await findTheory("machine")]).program;
if (compiled === null) throw new Error("the theory does not compile");
const program = compiled;
const root = { hist: [["e"]], depth: [["e", 0n]] };

/** A session whose tables hold these facts. The caller closes it. */
async function holding(facts: Readonly<Record<string, readonly Row[]>>): Promise<DuckDbSession> {
  const session = await openMemory();
  for (const { role, name, attributes } of program.relations.values()) {
    if (role !== "base") continue;
    const columns = attributes.map((attribute) => `${quoteName(attribute.name)} ${sqlType[attribute.type]}`);
    await session.run(`CREATE TABLE ${quoteName(name)} (${columns.join(", ")})`);
    const types = attributes.map(({ type }) => type);
    await session.append({ catalog: null, schema: null, table: name }, types, facts[name] ?? []);
  }
  return session;
}

const sourceOf = (session: DuckDbSession) => ({ program, limits, clock: systemClock, session, table: quoteName });

async function engineOver(session: DuckDbSession): Promise<IncrementalEngine> {
  const { engine, undecided } = await loadEngine(sourceOf(session));
  if (undecided !== null) throw new Error(undecided.detail);
  return engine;
}

/** Judges a delta of new facts and takes it back. Returns whether some law refuses it. */
function refuses(engine: IncrementalEngine, assert: readonly Fact[]): boolean {
  const { undecided } = engine.apply({ assert, retract: [] });
  if (undecided !== null) throw new Error(undecided.detail);
  const isRefused = engine.lawOutcomes().some(({ added }) => added > 0);
  engine.rollback();
  return isRefused;
}

const clingo = isClingo("clingo") ? new NativeClingo("clingo", { parallel: 1 }) : null;
if (clingo === null) process.stdout.write("clingo: not on this machine, left out\n");

async function refusesByClingo(text: string): Promise<boolean> {
  const answer = await clingo?.solve({ program: text, mode: "decide", time_ms: 600_000, memory_mb: 8_000 });
  if (answer?.kind !== "satisfiable" && answer?.kind !== "unsatisfiable") throw new Error(JSON.stringify(answer));
  return answer.kind === "unsatisfiable";
}

async function refusesByTables(session: DuckDbSession): Promise<boolean> {
  return (await engineOver(session)).lawOutcomes().some(({ standing }) => standing > 0);
}

/** Judges a lawful fiber, after a flawed one. */
async function expectDecisions(name: string, judge: (flaw: Flaw) => boolean | Promise<boolean>): Promise<void> {
  for (const flaw of ["flawed", "lawful"] as const)
    if ((await judge(flaw)) !== (flaw === "flawed")) throw new Error(`${name} takes the ${flaw} fiber for the other`);
}

async function fiber(engine: IncrementalEngine, points: number): Promise<void> {
  const elements = 2 ** points;
  const compact = cubePoints(points, "lawful");
  await expectDecisions("the points' form", (flaw) => refuses(engine, cubePoints(points, flaw)));
  const contenders: Record<string, () => Promise<unknown>> = {
    [`Assay, points, ${REPEATS} times`]: async () => {
      for (let at = 0; at < REPEATS; at++) refuses(engine, compact);
    },
  };
  const laws = points <= 6 ? (["three variables", "bitmask"] as const) : (["bitmask"] as const);
  for (const form of clingo === null ? [] : laws) {
    if (points <= 8) await expectDecisions(`clingo, ${form}`, (flaw) => refusesByClingo(cubeProgram(points, form, flaw)));
    const text = cubeProgram(points, form, "lawful");
    contenders[`clingo, ${form}`] = () => refusesByClingo(text);
  }
  const session = elements <= TABLES_MAX ? await holding({ ...root, ...cubeTables(points) }) : null;
  if (session !== null) contenders["Assay, tables, from nothing"] = () => refusesByTables(session);
  const measured = await measure(contenders, points <= 8 ? 3 : 1);
  session?.close();
  const each = measured.map((one) => {
    const isOurs = one.name.startsWith("Assay, points");
    return isOurs ? { ...one, name: "Assay, points", median_ms: one.median_ms / REPEATS } : one;
  });
  printMeasured(`a fiber of ${elements} elements`, each, "Assay, points");
}

interface Added {
  readonly histories: number;
  readonly spent_us: readonly number[];
  readonly whole_ms: number;
}

async function added(histories: number): Promise<Added> {
  const { rows, next } = grownMachine(histories, ADDED);
  const session = await holding(rows);
  const engine = await engineOver(session);
  if (engine.lawOutcomes().some(({ standing }) => standing > 0)) throw new Error("the machine breaks a law");
  const spent_us: number[] = [];
  for (let turn = 0; turn < 3; turn++) {
    for (const facts of next) {
      const started = performance.now();
      const isRefused = refuses(engine, facts);
      if (turn > 0) spent_us.push((performance.now() - started) * 1000);
      if (isRefused !== false) throw new Error(`${String(facts[0]?.row[0])} is refused`);
    }
  }
  if (!refuses(engine, (next[0] ?? []).slice(0, -1))) throw new Error("a history without its edge is let pass");
  const started = performance.now();
  const check = await checkLaws({ ...sourceOf(session), isDistinct: () => true });
  await check.close();
  const whole_ms = performance.now() - started;
  session.close();
  return { histories: rows["hist"]?.length ?? 0, spent_us, whole_ms };
}

const empty = await holding(root);
const engine = await engineOver(empty);
for (const points of FIBERS) await fiber(engine, points);
empty.close();
await clingo?.close();

process.stdout.write(
  "\n| histories | one more: median µs | p99 µs | DuckDB, the whole machine: ms | times ours |\n|---|---|---|---|---|\n",
);
const medians: number[] = [];
for (const histories of HISTORIES) {
  const { histories: made, spent_us, whole_ms } = await added(histories);
  const middle = median(spent_us);
  medians.push(middle);
  const cells = [made.toLocaleString("en"), middle.toFixed(1), quantile(spent_us, 0.99).toFixed(0), whole_ms.toFixed(0)];
  process.stdout.write(`| ${cells.join(" | ")} | ${Math.round((whole_ms * 1000) / middle).toLocaleString("en")} × |\n`);
}
process.stdout.write(
  `flatness: the largest machine costs ${((medians.at(-1) ?? Number.NaN) / (medians[0] ?? Number.NaN)).toFixed(2)} times the smallest\n`,
);
