import type { DuckDbInput } from "../logic/engines/duckdb/input.ts";
import { materialise } from "../logic/engines/duckdb/materialise.ts";
import { AssayError } from "../schema/assay_error.ts";
import { quoteName } from "../schema/sql_session.ts";
import type { QuerySource } from "./query.ts";

/**
 * Makes the derived relations that an SQL text mentions and that no view tells (they need a loop, or the snapshot is of an earlier commit) readable
 * by their names: they are computed once, for this statement. Returns what takes them away again.
 * Errors: `query.undecided` where a bound ends their evaluation.
 */
export async function exposeRelations(source: QuerySource, sql: string): Promise<() => Promise<void>> {
  const { session, clock, limits } = source;
  const { program } = source.inForce;
  const words = new Set(sql.toLowerCase().match(/[\w?]+/g));
  const mentioned = program.strata.flatMap(({ relations }) => relations).filter((name) => words.has(name.toLowerCase()));
  if (mentioned.length === 0) return async () => undefined;
  const told = source.isPast ? [] : await session.rows("SELECT view_name FROM duckdb_views() WHERE NOT internal");
  const views = new Set(told.map(([name]) => String(name)));
  const wanted = mentioned.filter((name) => !views.has(name));
  if (wanted.length === 0) return async () => undefined;
  const input: DuckDbInput = { program, limits, session, clock, table: (name) => source.table(name), isDistinct: () => true };
  const made = await materialise(input, wanted);
  if (made.undecided !== null) {
    await made.close();
    throw new AssayError("query.undecided", `${made.undecided.detail} (\`${made.undecided.code}\`)`);
  }
  for (const name of wanted) await session.run(`CREATE TEMP VIEW ${quoteName(name)} AS SELECT * FROM ${made.table(name)}`);
  return async () => {
    for (const name of wanted) await session.run(`DROP VIEW IF EXISTS temp.${quoteName(name)}`).catch(() => undefined);
    await made.close();
  };
}
