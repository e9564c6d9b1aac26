/**
 * Question: how long does it take to hold a million rows of restrictions against the diamonds of a machine, in Polars and in DuckDB SQL?
 * Hypothesis: DuckDB's joins are faster; Polars is kept only where it is not far behind.
 * Peers in the same run: `glue` of compute/gluing over Polars frames; the same four questions as SQL over DuckDB tables.
 * Argument: the count of diamonds, 2000 where none is given; each has 10 sections over each side, which makes 500 rows a diamond.
 */
import pl from "nodejs-polars";
import { glue } from "../compute/gluing/families.ts";
import { openMemory } from "../verify/store/duckdb_session.ts";
import { measure, printMeasured } from "./measure.ts";

const ROUNDS = 3;
const SIDE = 10;
const diamonds = Number(process.argv[2] ?? 2_000);

const session = await openMemory();
await session.run(`CREATE TABLE base AS SELECT 'd' || range AS t FROM range(${diamonds})`);
await session.run(`CREATE TABLE ext AS
  SELECT t, 'a' AS s, t || '(a)' AS u FROM base UNION ALL SELECT t, 'b', t || '(b)' FROM base
  UNION ALL SELECT t || '(a)', 'b', t || '(a b)' FROM base UNION ALL SELECT t || '(b)', 'a', t || '(a b)' FROM base`);
await session.run(`CREATE TABLE ind AS SELECT * FROM (VALUES ('a', 'b'), ('b', 'a')) AS v(a, b)`);
const corner = `base, range(${SIDE}) AS i(i), range(${SIDE}) AS j(j)`;
await session.run(`CREATE TABLE res AS
  SELECT 'f' AS f, t || '(a)' AS u, t, 'x' || i AS x, '*' AS y FROM base, range(${SIDE}) AS i(i)
  UNION ALL SELECT 'f', t || '(b)', t, 'y' || i, '*' FROM base, range(${SIDE}) AS i(i)
  UNION ALL SELECT 'f', t || '(a b)', t || '(a)', 'g' || i || '_' || j, 'x' || i FROM ${corner} WHERE i + j > 0
  UNION ALL SELECT 'f', t || '(a b)', t || '(b)', 'g' || i || '_' || j, 'y' || j FROM ${corner} WHERE i + j > 0`);

const read = async (table: string): Promise<pl.LazyDataFrame> => {
  const answer = await session.answer(`SELECT * FROM ${table}`, Number.MAX_SAFE_INTEGER);
  const series = answer.columns.map(
    (name, at) =>
      [
        name,
        pl.Series(
          name,
          answer.rows.map((row) => String(row[at])),
          pl.Utf8,
        ),
      ] as const,
  );
  return pl.DataFrame(Object.fromEntries(series)).lazy();
};
const accord = { ext: await read("ext"), ind: await read("ind"), res: await read("res") };
const rows = Number((await session.rows("SELECT count(*) FROM res"))[0]?.[0]);

/** The same questions in SQL. */
async function glueSql(): Promise<{ missing: number; double: number }> {
  await session.run(`CREATE OR REPLACE TEMP TABLE diamond AS
    SELECT p.t, p.u AS v, q.u AS w, r.u FROM ind, ext AS p, ext AS q, ext AS r, ext AS z
    WHERE a < b AND p.s = a AND q.s = b AND q.t = p.t AND r.t = p.u AND r.s = b AND z.t = q.u AND z.s = a AND z.u = r.u`);
  await session.run(`CREATE OR REPLACE TEMP TABLE family AS
    SELECT l.f, d.t, d.v, d.w, d.u, l.x, r.x AS y FROM diamond AS d JOIN res AS l ON l.u = d.v AND l.t = d.t JOIN res AS r ON r.f = l.f AND r.u = d.w AND r.t = d.t AND r.y = l.y`);
  await session.run(`CREATE OR REPLACE TEMP TABLE glued AS
    SELECT l.f, d.t, d.v, d.w, d.u, l.y AS x, r.y, l.x AS g FROM diamond AS d JOIN res AS l ON l.u = d.u AND l.t = d.v JOIN res AS r ON r.f = l.f AND r.u = d.u AND r.t = d.w AND r.x = l.x`);
  const [missing] = await session.rows("SELECT count(*) FROM family ANTI JOIN glued USING (f, t, v, w, u, x, y)");
  const [double] = await session.rows("SELECT count(*) FROM glued AS a JOIN glued AS b USING (f, t, v, w, u, x, y) WHERE a.g < b.g");
  return { missing: Number(missing?.[0]), double: Number(double?.[0]) };
}

const [mine, sql] = [glue(accord), await glueSql()];
if (mine.missing.height !== sql.missing || mine.double.height !== sql.double || sql.missing !== diamonds)
  throw new Error("the peers disagree");
const contenders = { "Polars (compute/gluing)": async () => glue(accord), "DuckDB SQL": glueSql };
printMeasured(
  `gluing over ${rows} rows, ${diamonds} diamonds, ${sql.missing} families missing`,
  await measure(contenders, ROUNDS),
  "DuckDB SQL",
);
session.close();
