/**
 * Question: what does the engine's transitive closure cost beside DuckDB's own recursive CTE, written by hand?
 * Hypothesis: nothing that counts, since a linear rule over one relation lowers to that CTE; at most 1.2 times.
 * Peers in the same run: the hand-written CTE; Soufflé's interpreter where there is one (its reading and writing included).
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { materialise } from "../logic/engines/duckdb/materialise.ts";
import { compile } from "../logic/language/compile.ts";
import { readPrograms } from "../logic/language/read_programs.ts";
import { systemClock } from "../schema/clock.ts";
import { limitsWith } from "../schema/limits.ts";
import { openMemory } from "../verify/store/duckdb_session.ts";
import { measure, printMeasured } from "./measure.ts";
import { factFolder, findSouffle, runSouffle } from "./souffle.ts";

const PROGRAM = `.decl edge(a:number, b:number)
.input edge
.decl path(a:number, b:number)
.printsize path
path(x, y) :- edge(x, y).
path(x, z) :- path(x, y), edge(y, z).
`;
const ROUNDS = 5;

const { programs } = readPrograms([{ path: "closure.dl", text: PROGRAM }], () => null);
const { program } = compile([{ theory: "closure", programs }]);
if (program === null) throw new Error("the program does not compile");
const session = await openMemory();
const limits = limitsWith();

async function ours(): Promise<bigint> {
  if (program === null) throw new Error("no program");
  const made = await materialise({ program, limits, session, clock: systemClock, table: () => "edge", isDistinct: () => true }, ["path"]);
  if (made.undecided !== null) throw new Error(made.undecided.code);
  const [row] = await session.rows(`SELECT count(*) FROM ${made.table("path")}`);
  await made.close();
  return row?.[0] as bigint;
}

async function byHand(): Promise<bigint> {
  await session.run(`CREATE OR REPLACE TEMP TABLE hand AS WITH RECURSIVE path(a, b) AS (
    SELECT a, b FROM edge UNION SELECT path.a, edge.b FROM path JOIN edge ON path.b = edge.a) FROM path`);
  const [row] = await session.rows("SELECT count(*) FROM hand");
  return row?.[0] as bigint;
}

const souffle = findSouffle();
if (souffle === null) process.stdout.write("souffle: not on this machine, left out\n");
const folder = mkdtempSync(join(tmpdir(), "assay-closure-"));
const file = join(folder, "closure.dl");
writeFileSync(file, PROGRAM);
for (const [nodes, edges] of [
  [1500, 3000],
  [3000, 6000],
  [4000, 6000],
] as const) {
  await session.run(
    `CREATE OR REPLACE TABLE edge AS SELECT DISTINCT (hash(i) % ${nodes})::BIGINT AS a, (hash(i + 1000000) % ${nodes})::BIGINT AS b FROM range(${edges}) t(i)`,
  );
  const [mine, hand] = [await ours(), await byHand()];
  if (mine !== hand) throw new Error(`closures differ: ${mine} and ${hand}`);
  const facts = souffle === null ? null : await factFolder(session, { edge: "edge" });
  const contenders = { "recursive CTE by hand": byHand, assay: ours };
  const peer = souffle === null || facts === null ? {} : { souffle: async () => runSouffle(souffle, file, facts.path) };
  printMeasured(
    `closure, ${nodes} nodes, ${edges} edges, ${mine} tuples`,
    await measure({ ...contenders, ...peer }, ROUNDS),
    "recursive CTE by hand",
  );
  facts?.remove();
}
rmSync(folder, { recursive: true, force: true });
session.close();
