import type { RelationNode } from "./network.ts";
import type { Statistics } from "./plan.ts";
import type { Table } from "./table.ts";

const SAMPLE_ROWS = 1024;
/** What is assumed of a relation that has no rows yet. */
const GUESSED_ROWS = 1000;

/** Estimates from the tables as they are: exact where an index knows, from a sample otherwise. */
export class TableStatistics implements Statistics {
  readonly #tables: readonly Table[];
  readonly #relations: readonly RelationNode[];

  constructor(tables: readonly Table[], relations: readonly RelationNode[]) {
    this.#tables = tables;
    this.#relations = relations;
  }

  rows(relation: number): number {
    const rows = this.#tables[relation]?.visible ?? 0;
    return rows === 0 ? GUESSED_ROWS : rows;
  }

  fanOut(relation: number, columns: readonly number[]): number {
    const arity = this.#tables[relation]?.types.length ?? 0;
    if (columns.length === arity) return 0.5;
    const key = this.#relations[relation]?.key;
    if (key?.every((column) => columns.includes(column))) return 1;
    return Math.max(1, this.rows(relation) / this.groups(relation, columns));
  }

  /** About how many different keys there are in these columns. */
  groups(relation: number, columns: readonly number[]): number {
    const table = this.#tables[relation] as Table;
    const rows = this.rows(relation);
    if (table.visible === 0) return rows ** (columns.length / Math.max(1, table.types.length));
    const index = table.indexes.find((known) => known.columns.join() === columns.join());
    return Math.max(1, index === undefined ? sampledGroups(table, columns) : index.groups);
  }
}

/**
 * Scales the different keys of a sample: keys met once stand for those that the sample missed (the estimator "GEE" of Charikar,
 * Chaudhuri, Motwani, Narasayya, "Towards estimation error guarantees for distinct values", PODS 2000).
 */
function sampledGroups(table: Table, columns: readonly number[]): number {
  const step = Math.max(1, table.top / SAMPLE_ROWS);
  const counts = new Map<string, number>();
  let sampled = 0;
  for (let at = 0; at < table.top; at += step) {
    // Neighbouring rows often share a key: the row is taken from anywhere in its stretch.
    const row = Math.min(table.top - 1, Math.floor(at + ((Math.imul(at | 0, 0x9e3779b1) >>> 8) % Math.ceil(step))));
    if (!table.isVisible(row)) continue;
    const key = columns.map((column) => table.columns[column]?.[row]).join();
    counts.set(key, (counts.get(key) ?? 0) + 1);
    sampled++;
  }
  if (sampled === 0) return 1;
  const once = [...counts.values()].filter((count) => count === 1).length;
  const scale = table.visible / sampled;
  // Where nearly every key was met once the column is most likely a key itself.
  return once > 0.9 * sampled ? table.visible : Math.sqrt(scale) * once + counts.size - once;
}
