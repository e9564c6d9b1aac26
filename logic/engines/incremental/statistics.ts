import type { RelationNode } from "./network.ts";
import type { Statistics } from "./plan.ts";
import type { Table } from "./table.ts";

const SAMPLE_ROWS = 16_384;
const UNIQUE = 0.97;
/** In a table below this no column is taken for a key that was not declared one. */
const FEW_ROWS = 10_000;
/** What is assumed of a relation that has no rows yet. */
const GUESSED_ROWS = 1000;

/** Estimates from the tables as they are: exact where an index knows, from a sample otherwise. */
export class TableStatistics implements Statistics {
  readonly #tables: readonly Table[];
  readonly #relations: readonly RelationNode[];
  /** By relation and columns: once an index is chosen plans keep to it. */
  readonly #sampled = new Map<string, { rows: number; groups: number }>();
  readonly #identifying = new Map<string, readonly number[] | null>();

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

  /** Fewer of these columns that nearly identify a row: the declared key, or in a large table a column that looks like one; else null. */
  identifying(relation: number, columns: readonly number[]): readonly number[] | null {
    const table = this.#tables[relation] as Table;
    if (columns.length < 2) return null;
    const key = this.#relations[relation]?.key;
    if (key?.every((column) => columns.includes(column)) && key.length > 0) return key.toSorted((a, b) => a - b);
    if (table.visible < FEW_ROWS) return null;
    const known = this.#identifying.get(`${relation} ${columns.join()}`);
    if (known !== undefined) return known;
    const single = columns.find((column) => this.groups(relation, [column]) > 0.99 * table.visible);
    const found = single === undefined ? null : [single];
    this.#identifying.set(`${relation} ${columns.join()}`, found);
    return found;
  }

  /** About how many different keys there are in these columns. */
  groups(relation: number, columns: readonly number[]): number {
    const table = this.#tables[relation] as Table;
    const rows = this.rows(relation);
    if (table.visible === 0) return rows ** (columns.length / Math.max(1, table.types.length));
    const name = columns.join();
    const index = table.indexes.find((known) => known.columns.join() === name);
    if (index !== undefined) return Math.max(1, index.groups);
    const known = this.#sampled.get(`${relation} ${name}`);
    // A sample serves until the relation has doubled.
    if (known !== undefined && known.rows <= rows && rows < 2 * known.rows) return known.groups * (rows / known.rows);
    const groups = Math.max(1, sampledGroups(table, columns));
    this.#sampled.set(`${relation} ${name}`, { rows, groups });
    return groups;
  }
}

/**
 * Scales the different keys of a sample: keys met once stand for those that the sample missed (the estimator "GEE" of Charikar,
 * Chaudhuri, Motwani, Narasayya, "Towards estimation error guarantees for distinct values", PODS 2000).
 */
function sampledGroups(table: Table, columns: readonly number[]): number {
  const step = Math.max(1, table.top / SAMPLE_ROWS);
  const counts = new Map<number, number>();
  let sampled = 0;
  for (let at = 0; at < table.top; at += step) {
    // Neighbouring rows often share a key: the row is taken from anywhere in its stretch.
    const row = Math.min(table.top - 1, Math.floor(at + ((Math.imul(at | 0, 0x9e3779b1) >>> 8) % Math.ceil(step))));
    if (!table.isVisible(row)) continue;
    // Two keys of one hash count as one, which is seldom and does no harm.
    let hash = 0;
    for (const column of columns) hash = Math.imul((hash ^ (hash >>> 15)) + (table.columns[column]?.[row] as number), 0x85ebca6b);
    counts.set(hash, (counts.get(hash) ?? 0) + 1);
    sampled++;
  }
  if (sampled === 0) return 1;
  let once = 0;
  for (const count of counts.values()) if (count === 1) once++;
  // Where nearly every key was met once the column is most likely a key itself.
  if (once > UNIQUE * sampled) return table.visible;
  return Math.sqrt(table.visible / sampled) * once + counts.size - once;
}
