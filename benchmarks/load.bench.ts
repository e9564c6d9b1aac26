/**
 * Question: what does it cost to bring a base from DuckDB into the incremental engine and to judge it once?
 * Hypothesis: within three times of what DuckDB takes to scan the same columns and to build a hash table of them.
 * Peers in the same run: DuckDB's scan and hash build of what the engine hashes too (a DISTINCT over all columns of each relation and one over
 * each key that the laws look facts up by, answers counted only); the DuckDB engine's full check of the same twenty laws.
 * Environment: LOAD_FACTS=10000000; LOAD_ROUNDS=2.
 */
import { checkLaws } from "../logic/engines/duckdb/check_laws.ts";
import { loadEngine } from "../logic/engines/incremental/load_engine.ts";
import { systemClock } from "../schema/clock.ts";
import { limitsWith } from "../schema/limits.ts";
import { quoteName } from "../schema/sql_session.ts";
import { openMemory } from "../verify/store/duckdb_session.ts";
import { measure, printMeasured } from "./measure.ts";
import { generateShop, shopRelations } from "./shop/generate.ts";
import { shopProgram } from "./shop/program.ts";

const PEER = "DuckDB: scan and hash build";
const session = await openMemory();
const facts = await generateShop(session, Number(process.env["LOAD_FACTS"] ?? 10_000_000));
const program = await shopProgram();
const limits = limitsWith();

/** Columns that the laws look facts up by. */
const keys: Readonly<Record<(typeof shopRelations)[number], readonly string[]>> = {
  region: ["id", "parent"],
  customer: ["id", "region"],
  product: ["id"],
  orders: ["id", "customer"],
  line: ["order_id", "product"],
  payment: ["order_id"],
  replaces: ["order_id", "earlier"],
};

async function scanAndHash(): Promise<void> {
  for (const relation of shopRelations) {
    for (const columns of ["*", ...keys[relation]])
      await session.rows(`SELECT count(*) FROM (SELECT DISTINCT ${columns} FROM ${quoteName(relation)})`);
  }
}

async function ours(): Promise<void> {
  const { engine, undecided } = await loadEngine({ program, limits, clock: systemClock, session, table: quoteName });
  if (undecided !== null) throw new Error(undecided.detail);
  for (const relation of shopRelations) {
    const expected = Number((await session.rows(`SELECT count(*) FROM ${quoteName(relation)}`))[0]?.[0]);
    if (engine.count(relation) !== expected) throw new Error(`${relation}: ${engine.count(relation)} facts, not ${expected}`);
  }
  if (engine.lawOutcomes().some((law) => law.standing > 0)) throw new Error("a law stands broken");
}

async function fullCheck(): Promise<void> {
  const checked = await checkLaws({ program, limits, session, clock: systemClock, table: quoteName, isDistinct: () => true });
  await checked.close();
  if (checked.undecided !== null || checked.laws.some((law) => law.violations > 0)) throw new Error("a law is broken");
}

const contenders = { [PEER]: scanAndHash, "assay, incremental: load and first check": ours, "assay, DuckDB engine: full check": fullCheck };
const measured = await measure(contenders, Number(process.env["LOAD_ROUNDS"] ?? 2));
printMeasured(`load ${facts.toLocaleString("en")} facts and judge them once`, measured, PEER);
session.close();
