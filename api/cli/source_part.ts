import type { AdapterFacts } from "../../ingest/adapter.ts";
import type { FactTable } from "../../ingest/fact_table.ts";
import type { Staged } from "../../ingest/staged.ts";
import { rowText } from "../../schema/delta_id.ts";
import type { Place } from "../../schema/place.ts";
import type { Relation } from "../../schema/relation.ts";
import { quoteName, type SqlSession, sqlType } from "../../schema/sql_session.ts";
import type { Row } from "../../schema/value.ts";
import type { FactSource } from "../../verify/judge_facts.ts";
import { usageError } from "./usage.ts";

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
async function adapterPart(session: SqlSession, relation: Relation, read: AdapterFacts, table: string): Promise<SourcePart> {
  const rows = read.facts.get(relation.name) ?? [];
  const places = read.places.get(relation.name) ?? [];
  await createTable(session, relation, table);
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

/** What an adapter read, as parts whose temporary tables begin with `prefix`. Errors: a relation that the theories asked for do not declare. */
export async function adapterParts(
  session: SqlSession,
  relations: ReadonlyMap<string, Relation>,
  read: AdapterFacts,
  prefix: string,
): Promise<SourcePart[]> {
  const parts: SourcePart[] = [];
  for (const name of read.facts.keys()) {
    parts.push(await adapterPart(session, declared(name, relations), read, `${prefix}_${name}`));
  }
  for (const table of read.tables ?? []) {
    if (table.rows > 0)
      parts.push(await tablePart(session, declared(table.relation, relations), table, `${prefix}_table_${table.relation}`));
  }
  return parts;
}

function declared(name: string, relations: ReadonlyMap<string, Relation>): Relation {
  const relation = relations.get(name);
  if (relation?.role === "base") return relation;
  throw usageError(`the sources hold facts of \`${name}\`, which the theories asked for do not declare`);
}

/** A table's facts, put into a temporary table of the session named `name`. The caller of a `FactTable` says that no row is there twice. */
async function tablePart(session: SqlSession, relation: Relation, table: FactTable, name: string): Promise<SourcePart> {
  const types = relation.attributes.map(({ type }) => type);
  if (types.join() !== table.types.join()) throw new Error(`a table of \`${relation.name}\` has the columns ${table.types.join(", ")}`);
  await createTable(session, relation, name);
  await session.appendColumns({ catalog: null, schema: null, table: name }, types, table.columns, table.rows);
  async function* readAll(): AsyncGenerator<PlacedRows> {
    for (const rows of table.batches()) yield { rows, places: rows.map((row) => table.placeOf(row)) };
  }
  return {
    relation: relation.name,
    expression: quoteName(name),
    rows: table.rows,
    distinct: true,
    places: async (wanted) => wanted.map((row) => table.placeOf(row)),
    read: readAll,
  };
}

function createTable(session: SqlSession, relation: Relation, table: string): Promise<void> {
  const columns = relation.attributes.map(({ name, type }) => `${quoteName(name)} ${sqlType[type]} NOT NULL`);
  return session.run(`CREATE TEMP TABLE ${quoteName(table)} (${columns.join(", ")})`);
}

/** Parts as sources of facts, one a relation. */
export function joinedSources(relations: ReadonlyMap<string, Relation>, parts: readonly SourcePart[]): Map<string, FactSource> {
  const byRelation = Map.groupBy(parts, (part) => part.relation);
  return new Map([...byRelation].map(([name, own]) => [name, joinedSource(relations.get(name) as Relation, own)]));
}

/** Several parts of one relation as one source of facts. */
function joinedSource(relation: Relation, parts: readonly SourcePart[]): FactSource {
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
