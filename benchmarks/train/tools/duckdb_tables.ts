import { quoteName, quoteText } from "../../../schema/sql_session.ts";
import type { DuckDbSession } from "../../../verify/store/duckdb_session.ts";
import type { ChangeSet, FactChange } from "../change_set.ts";
import type { FactFiles } from "../fact_files.ts";
import { relationNames, relations, type TrainRelation } from "../facts.ts";

/** Reads the fact files into one table a relation, with a table `gone_<relation>` beside it for rows to be deleted. */
export async function loadTables(session: DuckDbSession, files: FactFiles): Promise<void> {
  for (const relation of relationNames) {
    const columns = relations[relation].map((name) => `${quoteText(name)}: 'BIGINT'`).join(", ");
    const source = `read_csv(${quoteText(files.tsv(relation))}, delim = '\t', header = false, auto_detect = false, columns = {${columns}})`;
    await session.run(`CREATE TABLE ${quoteName(relation)} AS FROM ${source}`);
    await session.run(`CREATE TABLE ${quoteName(`gone_${relation}`)} AS FROM ${quoteName(relation)} LIMIT 0`);
  }
}

/** Makes the change in the tables, in one transaction. */
export async function changeTables(session: DuckDbSession, changes: ChangeSet): Promise<void> {
  await session.run("BEGIN");
  for (const [relation, rows] of byRelation(changes.retract)) {
    const [table, gone] = [quoteName(relation), quoteName(`gone_${relation}`)];
    await appendRows(session, relation, `gone_${relation}`, rows);
    const same = relations[relation].map((name) => `${table}.${quoteName(name)} = ${gone}.${quoteName(name)}`).join(" AND ");
    await session.run(`DELETE FROM ${table} USING ${gone} WHERE ${same}`);
    await session.run(`DELETE FROM ${gone}`);
  }
  for (const [relation, rows] of byRelation(changes.assert)) await appendRows(session, relation, relation, rows);
  await session.run("COMMIT");
}

/** The changes of one side, relation by relation. */
export function byRelation(changes: readonly FactChange[]): Map<TrainRelation, FactChange[]> {
  return Map.groupBy(changes, (change) => change.relation);
}

async function appendRows(session: DuckDbSession, relation: TrainRelation, table: string, rows: readonly FactChange[]): Promise<void> {
  const types = relations[relation].map(() => "number" as const);
  await session.append(
    { catalog: null, schema: null, table },
    types,
    rows.map((change) => change.row.map(BigInt)),
  );
}
