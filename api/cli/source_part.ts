import type { AdapterFacts } from "../../ingest/adapter.ts";
import type { Staged } from "../../ingest/staged.ts";
import { rowText } from "../../schema/delta_id.ts";
import type { Place } from "../../schema/place.ts";
import type { Relation } from "../../schema/relation.ts";
import { quoteName, type SqlSession, sqlType } from "../../schema/sql_session.ts";
import type { Row } from "../../schema/value.ts";
import type { FactSource } from "../../verify/judge_facts.ts";

const BATCH_ROWS = 50_000;

export interface PlacedRows {
  readonly rows: readonly Row[];
  readonly places: readonly (Place | null)[];
}

/** One source's facts of one relation: readable in the session for a verdict, and row by row for a delta. */
export interface SourcePart extends FactSource {
  readonly relation: string;
  read(): AsyncGenerator<PlacedRows>;
}

/** A staged file as a part. */
export function stagedPart(session: SqlSession, relation: Relation, staged: Staged): SourcePart {
  const columns = [...relation.attributes.map(({ name }) => quoteName(name)), `"_record"`].join(", ");
  async function* read(): AsyncGenerator<PlacedRows> {
    for (let from = 0; from < staged.rows; from += BATCH_ROWS) {
      const found = await session.rows(`SELECT ${columns} FROM ${staged.expression} ORDER BY "_record" LIMIT ${BATCH_ROWS} OFFSET ${from}`);
      const places = await staged.placeOf(found.map((row) => row.at(-1) as bigint));
      yield { rows: found.map((row) => row.slice(0, -1) as unknown as Row), places };
    }
  }
  const { expression, rows, distinct } = staged;
  return { relation: relation.name, expression, rows, distinct, places: (wanted) => staged.placesOfRows(wanted), read };
}

/** An adapter's facts of one relation, put into a temporary table of the session named `table`. */
export async function adapterPart(session: SqlSession, relation: Relation, read: AdapterFacts, table: string): Promise<SourcePart> {
  const rows = read.facts.get(relation.name) ?? [];
  const places = read.places.get(relation.name) ?? [];
  const columns = relation.attributes.map(({ name, type }) => `${quoteName(name)} ${sqlType[type]} NOT NULL`);
  await session.run(`CREATE TEMP TABLE ${quoteName(table)} (${columns.join(", ")})`);
  const types = relation.attributes.map(({ type }) => type);
  await session.append({ catalog: null, schema: null, table }, types, rows);
  let index: Map<string, Place | null> | null = null;
  const placeOf = (row: Row): Place | null => {
    index ??= new Map(rows.map((other, at) => [rowText(other), places[at] ?? null]));
    return index.get(rowText(row)) ?? null;
  };
  async function* readAll(): AsyncGenerator<PlacedRows> {
    yield { rows, places: rows.map((_, at) => places[at] ?? null) };
  }
  return {
    relation: relation.name,
    expression: quoteName(table),
    rows: rows.length,
    distinct: false,
    places: async (wanted) => wanted.map(placeOf),
    read: readAll,
  };
}

/** Several parts of one relation as one source of facts. */
export function joinedSource(relation: Relation, parts: readonly SourcePart[]): FactSource {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const columns = relation.attributes.map(({ name }) => quoteName(name)).join(", ");
  return {
    expression: `(${parts.map((part) => `SELECT ${columns} FROM ${part.expression}`).join(" UNION ALL ")})`,
    rows: parts.reduce((sum, part) => sum + part.rows, 0),
    distinct: false,
    places: async (wanted) => {
      const found = await Promise.all(parts.map((part) => part.places(wanted)));
      return wanted.map((_, at) => found.map((places) => places[at] ?? null).find((place) => place !== null) ?? null);
    },
  };
}
