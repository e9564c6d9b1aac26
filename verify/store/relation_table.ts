import type { Relation } from "../../schema/relation.ts";
import { quoteName, type SqlRow, type SqlSession, sqlType } from "../../schema/sql_session.ts";
import type { Row, Value, ValueType } from "../../schema/value.ts";

/** Names that no relation or attribute can have, since `@` starts no name in either language. */
export const COMMIT = quoteName("@commit");
export const OP = quoteName("@op");
export const PLACE = quoteName("@place");
export const ROW = quoteName("@row");

export interface StoredAttribute {
  readonly name: string;
  readonly type: ValueType;
}

/** SQL wants a column where a relation of no attributes has none: its one fact is the one row of `@unit`. */
const UNIT: StoredAttribute = { name: "@unit", type: "symbol" };

/** The columns that hold a relation's facts. */
export function storedColumns(attributes: readonly StoredAttribute[]): readonly StoredAttribute[] {
  return attributes.length > 0 ? attributes : [UNIT];
}

/** The values of `storedColumns` for a fact. */
export function storedRow(row: Row): Row {
  return row.length > 0 ? row : [""];
}

/** A fact from the values of `storedColumns`. */
export function factRow(attributes: readonly StoredAttribute[], stored: SqlRow): Row {
  return stored.slice(0, attributes.length) as Value[];
}

/** `"a", "b"`, each behind `prefix` where there is one: `s."a", s."b"`. */
export function columnList(attributes: readonly StoredAttribute[], prefix = ""): string {
  return storedColumns(attributes)
    .map((column) => `${prefix}${quoteName(column.name)}`)
    .join(", ");
}

/** `l."a" = r."a" AND …` over all columns. No column holds NULL. */
export function sameRow(attributes: readonly StoredAttribute[], left: string, right: string): string {
  return storedColumns(attributes)
    .map(({ name }) => `${left}.${quoteName(name)} = ${right}.${quoteName(name)}`)
    .join(" AND ");
}

/** `"a" VARCHAR NOT NULL, …`. */
export function columnDefinitions(attributes: readonly StoredAttribute[]): string {
  return storedColumns(attributes)
    .map(({ name, type }) => `${quoteName(name)} ${sqlType[type]} NOT NULL`)
    .join(", ");
}

export function factTable(relation: string): string {
  return `main.${quoteName(relation)}`;
}

export function logTable(log: string): string {
  return `assay_log.${quoteName(log)}`;
}

/** The base relations of a program in the order of their names. */
export function baseRelations(relations: ReadonlyMap<string, Relation>): readonly Relation[] {
  return [...relations.values()].filter((relation) => relation.role === "base").sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The number of facts in all base relations. */
export async function countFacts(session: SqlSession, program: { readonly relations: ReadonlyMap<string, Relation> }): Promise<number> {
  const counts = baseRelations(program.relations).map(({ name }) => `(SELECT count(*) FROM ${factTable(name)})`);
  if (counts.length === 0) return 0;
  return Number((await session.rows(`SELECT ${counts.join(" + ")}`))[0]?.[0] ?? 0);
}
