import { AssayError } from "../../schema/assay_error.ts";
import type { Relation } from "../../schema/relation.ts";
import { quoteName, quoteText, type SqlSession, sqlType } from "../../schema/sql_session.ts";
import type { Value, ValueType } from "../../schema/value.ts";
import { attributesJson, type Generation, type GenerationAttribute, generationAttributes, placedFactsAt } from "./history.ts";
import {
  COMMIT,
  columnDefinitions,
  columnList,
  factTable,
  logTable,
  OP,
  PLACE,
  type StoredAttribute,
  storedColumns,
} from "./relation_table.ts";

/** What a load does to the base relations: their names, and the number of facts that each destructive step loses or drops. */
export interface SchemaChange {
  readonly added: readonly string[];
  readonly changed: readonly { readonly relation: string; readonly destructive: boolean; readonly lost: number }[];
  readonly dropped: readonly { readonly relation: string; readonly lost: number }[];
}

/**
 * Brings the tables of facts into the shape that `relations` (base relations) asks for, inside the caller's open transaction, as
 * commit `commit`. Facts of a relation that changes are carried over: a new attribute takes its fallback, a retyped value is
 * converted where it can be exactly, a fact that cannot is lost and counted. A relation that changes closes its log and begins another.
 * Errors: `theory.destructive` where facts stand in a relation that loses or retypes an attribute or vanishes, unless allowed;
 * `theory.name_case` where two names differ in case alone, which SQL does not tell apart.
 */
export async function changeSchema(
  session: SqlSession,
  open: readonly Generation[],
  relations: readonly Relation[],
  commit: number,
  allowDestructive: boolean,
): Promise<SchemaChange> {
  checkNames(relations);
  const added: string[] = [];
  const changed: SchemaChange["changed"][number][] = [];
  const dropped: SchemaChange["dropped"][number][] = [];
  for (const generation of open.filter(({ name }) => !relations.some((relation) => relation.name === name))) {
    const lost = await countFacts(session, generation.name);
    if (lost > 0 && !allowDestructive) throw destructive(generation.name, `\`${generation.name}\` is no longer a base relation`, lost);
    await closeGeneration(session, generation, commit);
    dropped.push({ relation: generation.name, lost });
  }
  for (const relation of relations) {
    const before = open.find(({ name }) => name === relation.name);
    if (before === undefined) {
      await openGeneration(session, relation, commit);
      added.push(relation.name);
    } else if (!sameShape(before.attributes, relation.attributes)) {
      changed.push(await reshape(session, before, relation, commit, allowDestructive));
    }
  }
  return { added, changed, dropped };
}

/** The facts that a generation hands to the one that follows it, with `@place`; facts that cannot be converted are left out. */
export function carriedOver(before: Generation, attributes: readonly GenerationAttribute[], commit: number): string {
  const values = attributes.map(({ name, type, fallback }) => {
    const old = before.attributes.find((attribute) => attribute.name === name);
    return `${old === undefined ? literal(fallback, type) : converted(quoteName(name), old.type, type)} AS ${quoteName(name)}`;
  });
  const select = values.length > 0 ? values.join(", ") : "'' AS \"@unit\"";
  const columns = columnList(attributes);
  const complete = storedColumns(attributes)
    .map(({ name }) => `${quoteName(name)} IS NOT NULL`)
    .join(" AND ");
  return `(SELECT ${columns}, min(${PLACE}) AS ${PLACE} FROM (SELECT ${select}, ${PLACE} FROM ${placedFactsAt(before, commit)})
    WHERE ${complete} GROUP BY ${columns})`;
}

async function reshape(
  session: SqlSession,
  before: Generation,
  relation: Relation,
  commit: number,
  allowDestructive: boolean,
): Promise<SchemaChange["changed"][number]> {
  const reason = destructiveReason(before.attributes, relation.attributes);
  const facts = await countFacts(session, relation.name);
  if (reason !== null && facts > 0 && !allowDestructive) throw destructive(relation.name, `\`${relation.name}\` ${reason}`, facts);
  const carried = quoteName("assay_carried");
  await session.run(
    `CREATE OR REPLACE TEMP TABLE ${carried} AS SELECT * FROM ${carriedOver(before, generationAttributes(relation.attributes), commit - 1)}`,
  );
  await closeGeneration(session, before, commit);
  await openGeneration(session, relation, commit);
  const columns = columnList(relation.attributes);
  await session.run(`INSERT INTO ${factTable(relation.name)} SELECT ${columns} FROM temp.${carried}`);
  await session.run(`INSERT INTO ${logTable(relation.name)} SELECT ${commit}, 1, ${columns}, ${PLACE} FROM temp.${carried}`);
  await session.run(`DROP TABLE temp.${carried}`);
  return { relation: relation.name, destructive: reason !== null, lost: facts - (await countFacts(session, relation.name)) };
}

async function openGeneration(session: SqlSession, relation: Relation, commit: number): Promise<void> {
  const { name, attributes } = relation;
  const definitions = columnDefinitions(attributes);
  await session.run(`CREATE TABLE ${factTable(name)} (${definitions})`);
  await session.run(`CREATE TABLE ${logTable(name)} (${COMMIT} BIGINT NOT NULL, ${OP} TINYINT NOT NULL, ${definitions}, ${PLACE} VARCHAR)`);
  const json = attributesJson(generationAttributes(attributes));
  await session.run(`INSERT INTO assay.relation VALUES (?, ?, ?, ${commit}, NULL)`, [name, json, name]);
}

async function closeGeneration(session: SqlSession, generation: Generation, commit: number): Promise<void> {
  const log = `${generation.name}@${commit}`;
  await session.run(`DROP TABLE ${factTable(generation.name)}`);
  if (generation.log !== log) await session.run(`ALTER TABLE ${logTable(generation.log)} RENAME TO ${quoteName(log)}`);
  await session.run(`UPDATE assay.relation SET log = ?, commit_to = ${commit} WHERE name = ? AND commit_to IS NULL`, [
    log,
    generation.name,
  ]);
}

async function countFacts(session: SqlSession, relation: string): Promise<number> {
  return Number((await session.rows(`SELECT count(*) FROM ${factTable(relation)}`))[0]?.[0] ?? 0);
}

function sameShape(before: readonly StoredAttribute[], after: readonly StoredAttribute[]): boolean {
  return (
    before.length === after.length && before.every(({ name, type }, index) => after[index]?.name === name && after[index]?.type === type)
  );
}

function destructiveReason(before: readonly StoredAttribute[], after: readonly StoredAttribute[]): string | null {
  for (const { name, type } of before) {
    const now = after.find((attribute) => attribute.name === name);
    if (now === undefined) return `loses the attribute \`${name}\``;
    if (now.type !== type) return `turns the attribute \`${name}\` from ${type} to ${now.type}`;
  }
  return null;
}

function destructive(relation: string, what: string, facts: number): AssayError {
  return new AssayError("theory.destructive", `${what} while ${facts} facts stand in it`, { place: relation });
}

function checkNames(relations: readonly Relation[]): void {
  const collide = (names: readonly string[], what: string) => {
    const seen = new Map<string, string>();
    for (const name of names) {
      const other = seen.get(name.toLowerCase());
      if (other !== undefined) throw new AssayError("theory.name_case", `the ${what} \`${other}\` and \`${name}\` differ in case alone`);
      seen.set(name.toLowerCase(), name);
    }
  };
  collide(
    relations.map(({ name }) => name),
    "base relations",
  );
  for (const relation of relations) {
    collide(
      relation.attributes.map(({ name }) => name),
      `attributes of \`${relation.name}\``,
    );
  }
}

export function literal(value: Value, type: ValueType): string {
  return type === "symbol" ? quoteText(String(value)) : `'${value}'::${sqlType[type]}`;
}

/** SQL for a value of `from` as one of `to`, exact or NULL. */
function converted(column: string, from: ValueType, to: ValueType): string {
  if (from === to) return column;
  const cast = `TRY_CAST(${column} AS ${sqlType[to]})`;
  if (to === "symbol") return `CAST(${column} AS VARCHAR)`;
  if (from === "symbol") {
    if (to === "float") return `CASE WHEN isfinite(${cast}) THEN ${cast} END`;
    return `CASE WHEN regexp_full_match(${column}, '-?[0-9]{1,20}') THEN ${cast} END`;
  }
  if (from === "float") return `CASE WHEN trunc(${column}) = ${column} AND abs(${column}) <= 9007199254740992 THEN ${cast} END`;
  if (to === "float") return `CASE WHEN TRY_CAST(${cast} AS HUGEINT) = ${column} THEN ${cast} END`;
  return cast;
}
