import { rowText } from "../../schema/delta_id.ts";
import type { Relation } from "../../schema/relation.ts";
import type { SqlSession } from "../../schema/sql_session.ts";
import type { TypedRows } from "../checks/types.ts";
import { factTable, ROW, sameRow } from "../store/relation_table.ts";
import { stageRows } from "../store/speculation.ts";

/** Whether rows are facts in the database, asked for many rows at once and remembered. */
export class StoredRows {
  readonly #present = new Map<string, Map<string, boolean>>();

  /** Looks up rows of relations that no engine holds: one look into each relation's table. */
  static async of(session: SqlSession, typed: Iterable<TypedRows>): Promise<StoredRows> {
    const stored = new StoredRows();
    const byRelation = new Map<Relation, TypedRows["rows"][number][]>();
    for (const { relation, rows } of typed) {
      const list = byRelation.get(relation) ?? [];
      if (list.length === 0) byRelation.set(relation, list);
      for (const row of rows) list.push(row);
    }
    for (const [relation, rows] of byRelation) await stored.#lookUp(session, relation, rows);
    return stored;
  }

  /** Whether a row that was looked up is a fact now. */
  has(relation: string, text: string): boolean {
    const known = this.#present.get(relation)?.get(text);
    if (known === undefined) throw new Error(`a row of ${relation} was not looked up`);
    return known;
  }

  set(relation: string, text: string, isFact: boolean): void {
    this.#present.get(relation)?.set(text, isFact);
  }

  async #lookUp(session: SqlSession, relation: Relation, rows: TypedRows["rows"]): Promise<void> {
    const present = new Map<string, boolean>(rows.map(({ row }) => [rowText(row), false]));
    this.#present.set(relation.name, present);
    const [staged] = await stageRows(session, [{ side: "assert", relation, rows }], "assay_lookup");
    if (staged === undefined) return;
    const found = await session.rows(
      `SELECT s.${ROW} FROM ${staged.table} AS s
       WHERE EXISTS (SELECT 1 FROM ${factTable(relation.name)} AS f WHERE ${sameRow(relation.attributes, "f", "s")})`,
    );
    for (const [index] of found) present.set(rowText(rows[Number(index)]?.row ?? []), true);
    await session.run(`DROP TABLE ${staged.table}`);
  }
}
