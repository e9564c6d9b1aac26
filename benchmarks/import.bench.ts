/**
 * Question: how many records of ten facts a second does an import with quarantine take, each judged in its turn over what the accepted ones
 * before it left?
 * Hypothesis: at least 10,000 a second, since each costs what it touches; decisions are those of proposing the records one after the other.
 * Peer in the same run: DuckDB judging batches of a thousand records with indexes and a query a law (which does not settle what falls
 * because of another record, so it does less).
 * Two records in a hundred are refused, half of them only because the one before was; decisions are held against what the records were made
 * to be, and for a small base decisions and named facts against proposing each record by itself.
 * Environment: IMPORT_FACTS=1000000; IMPORT_RECORDS=50000.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../schema/clock.ts";
import { FactBase } from "../verify/fact_base.ts";
import { importDelta } from "../verify/import_delta.ts";
import { openMemory } from "../verify/store/duckdb_session.ts";
import { batchJudge } from "./shop/duckdb_batch.ts";
import { fillShop } from "./shop/fill.ts";
import { generateShop, shopSizes } from "./shop/generate.ts";
import { recordsDelta, type ShopRecord, shopRecords } from "./shop/records.ts";

const facts = Number(process.env["IMPORT_FACTS"] ?? 1_000_000);
const count = Number(process.env["IMPORT_RECORDS"] ?? 50_000);
const BATCH = 1_000;
const SMALL_FACTS = 10_000;
const SMALL_RECORDS = 300;

/** The numbers of the records that an import set aside, with the laws that each broke. */
async function imported(base: FactBase, records: readonly ShopRecord[]): Promise<Map<number, string>> {
  const { verdict, setAside } = await importDelta(base, recordsDelta(records, `${records.length} records`), { onViolation: "quarantine" });
  if (verdict.verdict !== "accepted") throw new Error(`the import is ${verdict.verdict}: ${verdict.undecided?.detail ?? ""}`);
  return new Map(setAside.map(({ place, law }) => [Number(String(place).split(":")[1]) - 1, law]));
}

/** The same by proposing each record by itself. */
async function oneByOne(base: FactBase, records: readonly ShopRecord[]): Promise<Map<number, string>> {
  const refused = new Map<number, string>();
  for (const [at, record] of records.entries()) {
    const { verdict, violations } = await base.propose(recordsDelta([record], `record ${at}`));
    if (verdict === "refused") refused.set(at, violations[0]?.law ?? "");
  }
  return refused;
}

function assertSame(found: ReadonlyMap<number, string>, expected: ReadonlyMap<number, string>): void {
  const [one, other] = [found, expected].map((map) => [...map].toSorted(([a], [b]) => a - b).join(" "));
  if (one !== other) throw new Error(`an import set aside\n${one}\none by one\n${other}`);
}

async function compareSmall(): Promise<void> {
  const bases = [await FactBase.create(null, { clock: systemClock }), await FactBase.create(null, { clock: systemClock })] as const;
  const { sizes } = await fillShop(bases[0], SMALL_FACTS);
  await fillShop(bases[1], SMALL_FACTS);
  const records = shopRecords(sizes, SMALL_RECORDS);
  assertSame(await imported(bases[0], records), await oneByOne(bases[1], records));
  for (const base of bases) await base.close();
}

async function ours(records: readonly ShopRecord[], path: string): Promise<number> {
  const base = await FactBase.create(path, { clock: systemClock });
  await fillShop(base, facts);
  const start = performance.now();
  const refused = await imported(base, records);
  const seconds = (performance.now() - start) / 1000;
  for (const [at, { isRefused }] of records.entries())
    if (refused.has(at) !== isRefused) throw new Error(`record ${at}: refused is not ${isRefused}`);
  await base.close();
  return records.length / seconds;
}

async function duckDb(records: readonly ShopRecord[]): Promise<number> {
  const session = await openMemory();
  await generateShop(session, facts);
  const judge = await batchJudge(session);
  const start = performance.now();
  let refused = 0;
  for (let at = 0; at < records.length; at += BATCH) refused += await judge(records.slice(at, at + BATCH));
  const seconds = (performance.now() - start) / 1000;
  if (refused === 0) throw new Error("no record was refused");
  session.close();
  return records.length / seconds;
}

const folder = mkdtempSync(join(tmpdir(), "assay-import-"));
try {
  await compareSmall();
  const records = shopRecords(shopSizes(facts), count);
  const [mine, peer] = [await ours(records, join(folder, "base.duckdb")), await duckDb(records)];
  process.stdout.write(
    `${count.toLocaleString("en")} records of ten facts against ${facts.toLocaleString("en")} facts\n| | records a second |\n|---|---|\n`,
  );
  process.stdout.write(`| Assay, import with quarantine into a file | ${Math.round(mine).toLocaleString("en")} |\n`);
  process.stdout.write(`| DuckDB in memory, batches of ${BATCH}, no sweep | ${Math.round(peer).toLocaleString("en")} |\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
