import type { Relation } from "../../../schema/relation.ts";
import { quoteName } from "../../../schema/sql_session.ts";
import type { IrAtom } from "../../language/ir.ts";
import type { DuckDbInput } from "./input.ts";
import { NULLARY_COLUMN } from "./input.ts";

/** A relation as SQL reads it: a table expression and its columns, quoted, in attribute order. */
export interface Source {
  readonly sql: string;
  readonly columns: readonly string[];
  /** Whether it has no two equal rows, so that counting rows counts tuples. */
  readonly distinct: boolean;
  /** Whether a join must first remove duplicates, because the rows were derived in bulk and may repeat without bound. */
  readonly dedupe: boolean;
  /** How many rows it has, where that is known. */
  readonly rows?: number;
  /** The keys that more than one row has, where they are known: a table with columns `c<position>` for the key's positions. */
  readonly repeated?: { readonly table: string; readonly key: readonly number[] };
}

/** What lowering needs from its surroundings. */
export interface Lowering {
  /** The tuples an atom ranges over. */
  source(atom: IrAtom): Source;
  /** Whether the relation is being computed by the statement; its atoms must stay plain joins. */
  isRecursive(relation: string): boolean;
  /** A table alias that no other part of the statement has. */
  fresh(): string;
  readonly symbolBytes: number;
  /** The most values one range may take. */
  readonly rangeRows: number;
}

/** A source of aliases for one statement. */
export function aliases(): () => string {
  let count = 0;
  return () => `t${count++}`;
}

/** Column names of every table and select the engine makes itself; relations without attributes have one column all the same. */
export function columnsOf(relation: Relation): string[] {
  return relation.attributes.length === 0 ? ["c0"] : relation.attributes.map((_, position) => `c${position}`);
}

/** The base relation's own table under its attribute names. */
export function baseSource(input: Pick<DuckDbInput, "table" | "isDistinct">, relation: Relation): Source {
  const columns = relation.attributes.map((attribute) => quoteName(attribute.name));
  return { sql: input.table(relation.name), columns, distinct: input.isDistinct(relation.name), dedupe: false };
}

/** The attributes' names for a select over a source with engine columns. */
export function namedColumns(relation: Relation, source: Source): string {
  if (relation.attributes.length === 0) return `true AS ${quoteName(NULLARY_COLUMN)}`;
  return relation.attributes.map((attribute, position) => `${source.columns[position]} AS ${quoteName(attribute.name)}`).join(", ");
}
