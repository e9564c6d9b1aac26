import type { Place } from "../schema/place.ts";
import type { Relation } from "../schema/relation.ts";
import { quoteName, type SqlSession, sqlType } from "../schema/sql_session.ts";
import type { Row } from "../schema/value.ts";

const ROWS_A_STATEMENT = 200;

/** The places of rows by value; null for a row that is not there. Of equal records the first counts. */
export async function placesOfRows(
  session: SqlSession,
  relation: Relation,
  expression: string,
  rows: readonly Row[],
  placeOf: (records: readonly bigint[]) => Promise<Place[]>,
): Promise<(Place | null)[]> {
  const records: (bigint | null)[] = [];
  for (let from = 0; from < rows.length; from += ROWS_A_STATEMENT) {
    records.push(...(await recordsOf(session, relation, expression, rows.slice(from, from + ROWS_A_STATEMENT))));
  }
  const known = records.filter((record) => record !== null);
  const places = await placeOf(known);
  let at = 0;
  return records.map((record) => {
    if (record === null) return null;
    at += 1;
    return places[at - 1] ?? null;
  });
}

async function recordsOf(session: SqlSession, relation: Relation, expression: string, rows: readonly Row[]): Promise<(bigint | null)[]> {
  const { attributes } = relation;
  const tuple = `(${["CAST(? AS BIGINT)", ...attributes.map(({ type }) => `CAST(? AS ${sqlType[type]})`)].join(", ")})`;
  const wanted = `(VALUES ${rows.map(() => tuple).join(", ")}) AS wanted(${["i", ...attributes.map((_, k) => `w${k}`)].join(", ")})`;
  const same = attributes.map(({ name }, k) => `staged.${quoteName(name)} = wanted.w${k}`);
  const found = await session.rows(
    `SELECT wanted.i, min(staged."_record") FROM ${wanted} JOIN ${expression} AS staged ON ${same.length === 0 ? "TRUE" : same.join(" AND ")} GROUP BY wanted.i`,
    rows.flatMap((row, i) => [BigInt(i), ...row]),
  );
  const byIndex = new Map(found.map(([i, record]) => [Number(i), record as bigint]));
  return rows.map((_, i) => byIndex.get(i) ?? null);
}
