import type { Attribute } from "../../schema/relation.ts";
import type { SqlSession } from "../../schema/sql_session.ts";
import type { Value, ValueType } from "../../schema/value.ts";
import { COMMIT, columnList, logTable, OP, PLACE, type StoredAttribute } from "./relation_table.ts";

export interface GenerationAttribute extends StoredAttribute {
  /** What facts present before the attribute came hold in it. */
  readonly fallback: Value;
}

/**
 * A base relation over the commits in which it has one shape. Its log holds every change in them; one that follows a
 * generation of another shape begins, in commit `from`, with the facts carried over.
 */
export interface Generation {
  readonly name: string;
  readonly attributes: readonly GenerationAttribute[];
  readonly log: string;
  readonly from: number;
  /** The commit that closed it, or null while it is open: it holds for commits `from` … `to - 1`. */
  readonly to: number | null;
}

const zero: Readonly<Record<ValueType, Value>> = { symbol: "", number: 0n, unsigned: 0n, float: 0 };

export function generationAttributes(attributes: readonly Attribute[]): GenerationAttribute[] {
  return attributes.map(({ name, type, fallback }) => ({ name, type, fallback: fallback ?? zero[type] }));
}

export function attributesJson(attributes: readonly GenerationAttribute[]): string {
  return JSON.stringify(attributes.map(({ name, type, fallback }) => ({ name, type, fallback: String(fallback) })));
}

/** All generations of all base relations, in the order of relation and commit. */
export async function readGenerations(session: SqlSession): Promise<Generation[]> {
  const rows = await session.rows("SELECT name, attributes, log, commit_from, commit_to FROM assay.relation ORDER BY name, commit_from");
  return rows.map(([name, attributes, log, from, to]) => ({
    name: name as string,
    attributes: (JSON.parse(attributes as string) as { name: string; type: ValueType; fallback: string }[]).map(restoreAttribute),
    log: log as string,
    from: Number(from),
    to: to === null ? null : Number(to),
  }));
}

function restoreAttribute(stored: { name: string; type: ValueType; fallback: string }): GenerationAttribute {
  const { name, type, fallback } = stored;
  return { name, type, fallback: type === "symbol" ? fallback : type === "float" ? Number(fallback) : BigInt(fallback) };
}

/** The generations that hold as of a commit. */
export function generationsAt(generations: readonly Generation[], commit: number): Generation[] {
  return generations.filter((generation) => generation.from <= commit && (generation.to === null || commit < generation.to));
}

/** The facts of a generation as of a commit, as a table expression of its columns: those asserted more often than retracted. */
export function factsAt(generation: Generation, commit: number): string {
  const columns = columnList(generation.attributes);
  return `(SELECT ${columns} FROM ${logTable(generation.log)} WHERE ${COMMIT} <= ${commit} GROUP BY ${columns} HAVING sum(${OP}) > 0)`;
}

/** `factsAt` with the place of each fact's last assertion as `@place`. */
export function placedFactsAt(generation: Generation, commit: number): string {
  const columns = columnList(generation.attributes);
  return `(SELECT ${columns}, arg_max(${PLACE}, ${COMMIT}) FILTER (${OP} = 1) AS ${PLACE} FROM ${logTable(generation.log)}
    WHERE ${COMMIT} <= ${commit} GROUP BY ${columns} HAVING sum(${OP}) > 0)`;
}
