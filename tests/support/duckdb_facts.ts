import type { DuckDbInput } from "../../logic/engines/duckdb/input.ts";
import type { IrProgram } from "../../logic/language/ir.ts";
import { systemClock } from "../../schema/clock.ts";
import { type Limits, limitsWith } from "../../schema/limits.ts";
import { quoteName, sqlType } from "../../schema/sql_session.ts";
import type { Row } from "../../schema/value.ts";
import type { DuckDbSession } from "../../verify/store/duckdb_session.ts";

/** Facts by relation. */
export type Facts = Readonly<Record<string, readonly Row[]>>;

/**
 * Puts facts into one table a base relation and gives the engine's input over them. Tables of an earlier call are replaced. With
 * `repeats` every table has its first row twice and says so.
 */
export async function inputOver(
  session: DuckDbSession,
  program: IrProgram,
  facts: Facts,
  limits: Partial<Limits> = {},
  repeats = false,
): Promise<DuckDbInput> {
  const base = [...program.relations.values()].filter(({ role }) => role === "base");
  const tables = base.map(({ name, attributes }) => {
    const columns = attributes.map((attribute) => `${quoteName(attribute.name)} ${sqlType[attribute.type]}`);
    return `CREATE OR REPLACE TABLE ${quoteName(name)} (${columns.join(", ") || "holds BOOLEAN"})`;
  });
  if (tables.length > 0) await session.run(tables.join("; "));
  for (const { name, attributes } of base) {
    const types = attributes.map((attribute) => attribute.type);
    const once = facts[name] ?? [];
    const rows = repeats ? [...once, ...once.slice(0, 1)] : once;
    if (rows.length === 0) continue;
    if (types.length > 0) await session.append({ catalog: null, schema: null, table: name }, types, rows);
    else for (const _ of rows) await session.run(`INSERT INTO ${quoteName(name)} VALUES (true)`);
  }
  return {
    program,
    session,
    clock: systemClock,
    limits: limitsWith({ verdict_ms: 60_000, ...limits }),
    table: quoteName,
    isDistinct: () => !repeats,
  };
}
