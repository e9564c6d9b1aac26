import type { DuckDbInput } from "../logic/engines/duckdb/input.ts";
import { materialise } from "../logic/engines/duckdb/materialise.ts";
import { didYouMean } from "../logic/language/did_you_mean.ts";
import { AssayError } from "../schema/assay_error.ts";
import type { Attribute, Relation } from "../schema/relation.ts";
import { type ChunkVisitor, quoteName, quoteText, type SqlRow, sqlType } from "../schema/sql_session.ts";
import type { Row } from "../schema/value.ts";
import type { QuerySource } from "./query.ts";

/**
 * Lets `action` read a relation, base or derived, of a snapshot as an SQL table of its attributes. Errors: `query.unknown_relation`,
 * `query.undecided` where a bound ends a derivation.
 */
export async function withRelation<T>(
  source: QuerySource,
  name: string,
  action: (relation: Relation, table: string) => Promise<T>,
): Promise<T> {
  const { session, clock, limits } = source;
  const { program } = source.inForce;
  const relation = program.relations.get(name);
  if (relation === undefined) {
    const help = didYouMean(name, program.relations.keys(), null);
    throw new AssayError(
      "query.unknown_relation",
      `there is no relation \`${name}\` as of commit ${source.asOf}`,
      help === null ? {} : { help },
    );
  }
  if (relation.role === "base") return action(relation, source.table(name));
  const input: DuckDbInput = { program, limits, session, clock, table: (other) => source.table(other), isDistinct: () => true };
  const tables = await materialise(input, [name]);
  try {
    if (tables.undecided !== null) {
      const { code, detail } = tables.undecided;
      throw new AssayError("query.undecided", `${detail} (\`${code}\`)`);
    }
    return await action(relation, tables.table(name));
  } finally {
    await tables.close();
  }
}

/**
 * Visits the rows of a relation that has attributes, the first `limit` that come where one is given, from the `table` that `withRelation`
 * gave. Errors: `SqlError`, and what `visit` throws.
 */
export async function visitRows(
  { session, isPast }: QuerySource,
  relation: Relation,
  table: string,
  limit: number | null,
  visit: ChunkVisitor,
): Promise<void> {
  const columns = columnsOf(relation);
  const types = relation.attributes.map(({ type }) => type);
  // A text has no bound that would keep a stretch of rows small, and a view has no row ids.
  const isRanged = relation.role === "base" && !isPast && limit === null && relation.attributes.every(hasRowIdBeside);
  if (isRanged) return session.tableChunks({ table, columns, types }, visit);
  await session.chunks(`SELECT ${columns} FROM ${table}${limit === null ? "" : ` LIMIT ${limit}`}`, types, visit);
}

function hasRowIdBeside({ name, type }: Attribute): boolean {
  return type !== "symbol" && name.toLowerCase() !== "rowid";
}

/** The columns of a relation in SQL, or what stands for them where it has none. */
export function columnsOf(relation: Relation): string {
  return relation.attributes.map(({ name }) => quoteName(name)).join(", ") || "true";
}

/** Rows of a relation in ascending order, at most `limit`, those behind `after` where one is given. */
export async function readPage(
  source: QuerySource,
  name: string,
  after: Row | null,
  limit: number,
): Promise<{ relation: Relation; rows: SqlRow[] }> {
  return withRelation(source, name, async (relation, table) => {
    const columns = columnsOf(relation);
    if (relation.attributes.length === 0) {
      const holds = after === null && (await source.session.rows(`SELECT 1 FROM ${table} LIMIT 1`)).length > 0;
      return { relation, rows: holds ? [[]] : [] };
    }
    if (after !== null && after.length !== relation.attributes.length)
      throw new AssayError("query.cursor", `the cursor is not one of \`${name}\``);
    const where = after === null ? "" : `WHERE (${columns}) > (${literals(relation, after)})`;
    return { relation, rows: await source.session.rows(`SELECT ${columns} FROM ${table} ${where} ORDER BY ${columns} LIMIT ${limit}`) };
  });
}

function literals(relation: Relation, row: Row): string {
  return relation.attributes.map(({ type }, index) => `CAST(${quoteText(String(row[index]))} AS ${sqlType[type]})`).join(", ");
}
