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
  for (const relation of program.relations.values()) {
    if (relation.role !== "base") continue;
    const columns = relation.attributes.map((attribute) => `${quoteName(attribute.name)} ${sqlType[attribute.type]}`);
    await session.run(`CREATE OR REPLACE TABLE ${quoteName(relation.name)} (${columns.join(", ") || "holds BOOLEAN"})`);
    const types = relation.attributes.map((attribute) => attribute.type);
    const once = facts[relation.name] ?? [];
    const rows = repeats ? [...once, ...once.slice(0, 1)] : once;
    if (types.length > 0) await session.append({ catalog: null, schema: null, table: relation.name }, types, rows);
    else for (const _ of rows) await session.run(`INSERT INTO ${quoteName(relation.name)} VALUES (true)`);
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
