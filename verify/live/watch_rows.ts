import { materialise } from "../../logic/engines/duckdb/materialise.ts";
import type { RowsChanged, WatchTarget } from "../../logic/engines/incremental/subscriptions.ts";
import { factKey } from "../../logic/explain/fact_key.ts";
import { compileQuery } from "../../logic/language/compile_query.ts";
import type { IrProgram } from "../../logic/language/ir.ts";
import type { Diagnostic } from "../../schema/diagnostic.ts";
import type { Relation } from "../../schema/relation.ts";
import type { Row } from "../../schema/value.ts";
import type { Undecided } from "../../schema/verdict.ts";
import type { QuerySource } from "../query.ts";
import { columnsOf } from "../read_relation.ts";

/** What a target means in a program. */
export type Meant =
  | { readonly kind: "found"; readonly program: IrProgram; readonly relation: Relation }
  | { readonly kind: "unknown" }
  | { readonly kind: "rejected"; readonly diagnostics: readonly Diagnostic[] };

export function meaningOf(program: IrProgram, target: WatchTarget): Meant {
  if (target.kind === "query") {
    const { program: asked, relation, diagnostics } = compileQuery(program, target.text);
    return asked === null || relation === null ? { kind: "rejected", diagnostics } : { kind: "found", program: asked, relation };
  }
  const name = target.kind === "relation" ? target.relation : program.laws.find(({ id }) => id === target.law)?.relation;
  const relation = name === undefined ? undefined : program.relations.get(name);
  return relation === undefined ? { kind: "unknown" } : { kind: "found", program, relation };
}

/** All rows of a target as of a snapshot; null where there is no such thing as of it, an `Undecided` where a bound ends the evaluation. */
export async function rowsAsOf(source: QuerySource, target: WatchTarget): Promise<readonly Row[] | Undecided | null> {
  const meant = meaningOf(source.inForce.program, target);
  if (meant.kind !== "found") return null;
  const { session, clock, limits } = source;
  const { program, relation } = meant;
  const read = async (table: string): Promise<readonly Row[]> => {
    const rows = await session.rows(`SELECT ${columnsOf(relation)} FROM ${table}`);
    return relation.attributes.length === 0 ? rows.map(() => []) : (rows as unknown as Row[]);
  };
  if (relation.role === "base") return read(source.table(relation.name));
  const tables = await materialise({ program, limits, session, clock, table: (name) => source.table(name), isDistinct: () => true }, [
    relation.name,
  ]);
  try {
    return tables.undecided ?? (await read(tables.table(relation.name)));
  } finally {
    await tables.close();
  }
}

/** How two sets of rows differ. */
export function differenceOf(before: readonly Row[], after: readonly Row[]): RowsChanged {
  const old = new Map(before.map((row) => [factKey("", row), row]));
  const now = new Map(after.map((row) => [factKey("", row), row]));
  const added = [...now].flatMap(([key, row]) => (old.has(key) ? [] : [row]));
  const removed = [...old].flatMap(([key, row]) => (now.has(key) ? [] : [row]));
  return { added, removed };
}

/** What several changes, one after the other, come to. */
export function netOf(changes: readonly RowsChanged[]): RowsChanged {
  const [only] = changes;
  if (only !== undefined && changes.length === 1) return only;
  const net = new Map<string, { readonly row: Row; count: number }>();
  const note = (row: Row, by: number): void => {
    const key = factKey("", row);
    const known = net.get(key) ?? { row, count: 0 };
    net.set(key, known);
    known.count += by;
  };
  for (const { added, removed } of changes) {
    for (const row of added) note(row, 1);
    for (const row of removed) note(row, -1);
  }
  const withSign = (sign: number): Row[] => [...net.values()].filter(({ count }) => count === sign).map(({ row }) => row);
  return { added: withSign(1), removed: withSign(-1) };
}
