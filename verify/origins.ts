import { rowText } from "../schema/delta_id.ts";
import type { Fact, SupportingFact } from "../schema/fact.ts";
import type { Place } from "../schema/place.ts";
import type { Relation } from "../schema/relation.ts";
import type { SqlSession } from "../schema/sql_session.ts";
import type { TypedRows } from "./checks/types.ts";
import { COMMIT, logTable, OP, PLACE, ROW, sameRow } from "./store/relation_table.ts";
import { stageRows } from "./store/speculation.ts";

/** Says of base facts whether the delta brought them, and the place each came from. The answer has the order of the question. */
export type Origins = (facts: readonly Fact[]) => Promise<readonly SupportingFact[]>;

export interface OriginsOptions {
  /** A relation's log where it is not that of the present. */
  readonly logs?: ReadonlyMap<string, string>;
}

/**
 * Origins within a fact base: the delta's own rows first, then the log. The session must be free to make temporary tables.
 */
export function originsOf(
  session: SqlSession,
  relations: ReadonlyMap<string, Relation>,
  delta: readonly TypedRows[],
  { logs = new Map() }: OriginsOptions = {},
): Origins {
  const asserted = lazyIndex(delta);
  return async (facts) => {
    const found = facts.map((fact): SupportingFact | null => {
      const place = asserted(fact.relation)?.get(rowText(fact.row));
      return place === undefined ? null : { ...fact, from: "delta", place };
    });
    const based = facts.filter((_, index) => found[index] === null);
    const places = await placesInLog(session, relations, based, logs);
    let next = 0;
    return facts.map((fact, index) => {
      const known = found[index] ?? null;
      if (known !== null) return known;
      const place = places[next] ?? null;
      next += 1;
      return { ...fact, from: "base", place };
    });
  };
}

/** Places of asserted rows by relation and row, built for a relation when it is first asked for. */
export function lazyIndex(delta: readonly TypedRows[]): (relation: string) => ReadonlyMap<string, Place | null> | null {
  const built = new Map<string, Map<string, Place | null>>();
  return (relation) => {
    const rows = delta.find((item) => item.side === "assert" && item.relation.name === relation);
    if (rows === undefined) return null;
    let index = built.get(relation);
    if (index === undefined) {
      index = new Map(rows.rows.map((item) => [rowText(item.row), item.place]));
      built.set(relation, index);
    }
    return index;
  };
}

/** The place each fact had when it was last asserted, or null; one read of the log for each relation asked about. */
export async function placesInLog(
  session: SqlSession,
  relations: ReadonlyMap<string, Relation>,
  facts: readonly Fact[],
  logs: ReadonlyMap<string, string> = new Map(),
): Promise<(Place | null)[]> {
  const places: (Place | null)[] = facts.map(() => null);
  for (const name of new Set(facts.map((fact) => fact.relation))) {
    const relation = relations.get(name);
    if (relation === undefined || relation.role !== "base") continue;
    const indexes = facts.flatMap((fact, index) => (fact.relation === name ? [index] : []));
    const rows = indexes.map((index) => ({ row: (facts[index] as Fact).row, pointer: "", place: null }));
    const [staged] = await stageRows(session, [{ side: "assert", relation, rows }], "assay_origin");
    if (staged === undefined) continue;
    const found = await session.rows(
      `SELECT s.${ROW}, arg_max(l.${PLACE}, l.${COMMIT}) FROM ${staged.table} AS s
       JOIN ${logTable(logs.get(name) ?? name)} AS l ON ${sameRow(relation.attributes, "s", "l")} WHERE l.${OP} = 1 AND l.${PLACE} IS NOT NULL GROUP BY s.${ROW}`,
    );
    for (const [row, place] of found) places[indexes[Number(row)] as number] = place as Place;
    await session.run(`DROP TABLE ${staged.table}`);
  }
  return places;
}
