/**
 * Question: how many bytes does the incremental engine need for a fact of three columns, its indexes included?
 * Hypothesis: under 40: twelve for the cells, the rest for the row set and two hash indexes.
 * Peers in the same run: DuckDB's table with two ART indexes, SQLite's with two B-trees, both in memory.
 * Environment: MEMORY_FACTS=10000000.
 */
import { DatabaseSync } from "node:sqlite";
import { loadEngine } from "../logic/engines/incremental/load_engine.ts";
import { compile } from "../logic/language/compile.ts";
import { readPrograms } from "../logic/language/read_programs.ts";
import { systemClock } from "../schema/clock.ts";
import { limitsWith } from "../schema/limits.ts";
import { quoteName } from "../schema/sql_session.ts";
import { type DuckDbSession, openMemory } from "../verify/store/duckdb_session.ts";

/** `reading` is looked up by its first column (the twins) and by its second (what a sensor that goes leaves behind). */
const PROGRAM = `.decl reading(moment:number, sensor:number, value:number)
.input reading
.decl sensor(id:number)
.input sensor
/// @law reading.one error "sensor {sensor_id} has two readings at {moment}"
.decl twin(moment:number, sensor_id:number)
.output twin
twin(t, s) :- reading(t, s, v), reading(t, s2, w), s = s2, v < w.
/// @law reading.sensor_known error "there is no sensor {sensor_id}"
.decl unknown(sensor_id:number)
.output unknown
unknown(s) :- reading(_, s, _), !sensor(s).
`;
const SENSORS = 1000;
const facts = Number(process.env["MEMORY_FACTS"] ?? 10_000_000);
const rows: [string, number][] = [];

async function held(): Promise<{ bytes: number; resident: number }> {
  await new Promise((resolve) => setTimeout(resolve, 50));
  const usage = process.memoryUsage();
  return { bytes: usage.arrayBuffers + usage.heapUsed, resident: usage.rss };
}

async function ours(session: DuckDbSession): Promise<void> {
  const { programs } = readPrograms([{ path: "reading.dl", text: PROGRAM }], () => null);
  const { program } = compile([{ theory: "reading", programs }]);
  if (program === null) throw new Error("the program does not compile");
  const before = await held();
  const { engine, undecided } = await loadEngine({ program, limits: limitsWith(), clock: systemClock, session, table: quoteName });
  if (undecided !== null) throw new Error(undecided.detail);
  if (engine.count("reading") !== facts) throw new Error(`${engine.count("reading")} facts, not ${facts}`);
  rows.push(["assay, incremental: as it counts itself", engine.bytes()]);
  const after = await held();
  rows.push(["assay, incremental: array buffers and heap as Node counts them", after.bytes - before.bytes]);
  if (engine.count("reading") !== facts) throw new Error("the engine was let go before it was measured");
}

async function duckDb(session: DuckDbSession): Promise<void> {
  const used = async (): Promise<number> => Number((await session.rows("SELECT sum(memory_usage_bytes) FROM duckdb_memory()"))[0]?.[0]);
  const before = await used();
  await session.run("CREATE TABLE copied AS FROM reading");
  await session.run("CREATE INDEX by_moment ON copied (moment)");
  await session.run("CREATE INDEX by_sensor ON copied (sensor)");
  rows.push(["DuckDB, two ART indexes", (await used()) - before]);
}

function sqlite(): void {
  const database = new DatabaseSync(":memory:");
  database.exec("PRAGMA journal_mode = OFF; CREATE TABLE reading (moment INTEGER, sensor INTEGER, value INTEGER)");
  const insert = database.prepare("INSERT INTO reading VALUES (?, ?, ?)");
  database.exec("BEGIN");
  for (let at = 0; at < facts; at += 1) insert.run(at, at % SENSORS, (at * 7919) % 1000);
  database.exec("COMMIT; CREATE INDEX by_moment ON reading (moment); CREATE INDEX by_sensor ON reading (sensor)");
  const [pages, size] = ["page_count", "page_size"].map((name) => Number(Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0]));
  rows.push(["SQLite, two B-trees", (pages ?? 0) * (size ?? 0)]);
  database.close();
}

const session = await openMemory();
await session.run(`CREATE TABLE sensor AS SELECT i AS id FROM range(${SENSORS}) t(i)`);
await session.run(
  `CREATE TABLE reading AS SELECT i AS moment, i % ${SENSORS} AS sensor, (i * 7919) % 1000 AS value FROM range(${facts}) t(i)`,
);
await ours(session);
await duckDb(session);
session.close();
sqlite();
process.stdout.write(`${facts.toLocaleString("en")} facts of three columns, two indexes\n| | bytes a fact |\n|---|---|\n`);
for (const [name, bytes] of rows) process.stdout.write(`| ${name} | ${(bytes / facts).toFixed(1)} |\n`);
