import { NULLARY_COLUMN } from "../../logic/engines/duckdb/input.ts";
import { viewSql } from "../../logic/engines/duckdb/views.ts";
import type { IrProgram } from "../../logic/language/ir.ts";
import { quoteName, type SqlSession, sqlType } from "../../schema/sql_session.ts";
import { factTable } from "./relation_table.ts";

/** Relations that a compiler made (`key.package`) have other names. */
const NAME = /^[A-Za-z_?][\w?]*$/;

/**
 * Makes a view `main.<relation>` of every derived relation that SQL can state as one, in place of the views that were there.
 * A view is bound when it is made, through every view that it names; so each is made over mere shapes of the others, users first,
 * which binds every definition once instead of once a path. Left out: relations whose rules need a loop (and what hangs on them),
 * and names that another table or view has but for case.
 * Runs inside the caller's open transaction.
 */
export async function remakeViews(session: SqlSession, program: IrProgram): Promise<void> {
  const old = await session.rows("SELECT view_name FROM duckdb_views() WHERE schema_name = 'main' AND NOT internal AND NOT temporary");
  for (const [name] of old) await session.run(`DROP VIEW ${factTable(String(name))}`);
  const views = viewDefinitions(program, factTable);
  for (const { name } of views) await session.run(`CREATE VIEW ${factTable(name)} AS ${shapeSql(program, name)}`);
  for (const { name, sql } of views.toReversed()) await session.run(`CREATE OR REPLACE VIEW ${factTable(name)} AS ${sql}`);
}

/** A query of a relation's columns and no rows. */
function shapeSql(program: IrProgram, relation: string): string {
  const attributes = program.relations.get(relation)?.attributes ?? [];
  const columns = attributes.map(({ name, type }) => `NULL::${sqlType[type]} AS ${quoteName(name)}`);
  return `SELECT ${columns.join(", ") || `true AS ${quoteName(NULLARY_COLUMN)}`} WHERE false`;
}

/** The views of a program, dependencies first; `table` names what stands for a relation, base or viewed. */
export function viewDefinitions(
  program: IrProgram,
  table: (relation: string) => string,
): { readonly name: string; readonly sql: string }[] {
  const base = [...program.relations.values()].filter(({ role }) => role === "base").map(({ name }) => name);
  const taken = new Set(base.map((name) => name.toLowerCase()));
  const readable = new Set(base);
  const views: { name: string; sql: string }[] = [];
  for (const name of program.strata.flatMap((stratum) => stratum.relations)) {
    if (
      !NAME.test(name) ||
      taken.has(name.toLowerCase()) ||
      !dependencies(program, name).every((other) => other === name || readable.has(other))
    )
      continue;
    const sql = viewSql(program, name, (other) => readableTable(program, other, table(other)));
    if (sql === null) continue;
    views.push({ name, sql });
    taken.add(name.toLowerCase());
    readable.add(name);
  }
  return views;
}

/** A base relation of no attributes has another column in its table than in a view. */
function readableTable(program: IrProgram, relation: string, table: string): string {
  const described = program.relations.get(relation);
  const isUnit = described?.role === "base" && described.attributes.length === 0;
  return isUnit ? `(SELECT true AS ${quoteName(NULLARY_COLUMN)} FROM ${table})` : table;
}

function dependencies(program: IrProgram, relation: string): string[] {
  const bodies = program.rules.filter((rule) => rule.head.relation === relation).map((rule) => rule.body);
  const found = new Set<string>();
  for (let body = bodies.pop(); body !== undefined; body = bodies.pop()) {
    for (const item of body) {
      if (item.kind === "atom") found.add(item.relation);
      if (item.kind === "aggregate") bodies.push(...item.elements.map((element) => element.body));
    }
  }
  return [...found];
}
