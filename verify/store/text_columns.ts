import { quoteText, sqlType } from "../../schema/sql_session.ts";
import type { Value, ValueType } from "../../schema/value.ts";

/** Between two cells, and in place of one that is NULL. A cell that holds either cannot be told from them. */
export const CELL = "\u001e";
export const NULL = "\u001c";

/** Columns of equally many cells, each as one text. */
export interface TextColumns {
  readonly rows: number;
  /** How many cells are NULL. */
  readonly nulls: number;
  readonly texts: readonly string[];
}

/** Every value comes back exactly by a cast of SQL. */
export function joinColumns(columns: readonly (readonly (Value | null)[])[]): TextColumns {
  const nulls = columns.reduce((sum, cells) => sum + cells.filter((cell) => cell === null).length, 0);
  return { rows: columns[0]?.length ?? 0, nulls, texts: columns.map((cells) => cells.map(cellText).join(CELL)) };
}

/** Columns one below the other. */
export function stackColumns(parts: readonly TextColumns[]): TextColumns {
  const full = parts.filter(({ rows }) => rows > 0);
  const [first] = full;
  return {
    rows: full.reduce((sum, { rows }) => sum + rows, 0),
    nulls: full.reduce((sum, { nulls }) => sum + nulls, 0),
    texts: (first?.texts ?? []).map((_, at) => full.map(({ texts }) => texts[at]).join(CELL)),
  };
}

/** What columns are in SQL, where they have rows: an expression for each over `source`, and the parameters of the statement. */
export interface SplitColumns {
  readonly source: string;
  readonly values: readonly string[];
  readonly parameters: readonly string[];
}

/**
 * Columns that DuckDB takes apart. So their rows reach its threads at the price of joining texts, where an appender works on the
 * thread of its caller.
 */
export function splitColumns(types: readonly ValueType[], { texts }: TextColumns): SplitColumns {
  const lists = texts.map((_, at) => `unnest(string_split($${at + 1}, ${quoteText(CELL)})) AS c${at}`);
  return {
    source: `(SELECT ${lists.join(", ")})`,
    values: texts.map((text, at) => {
      const cell = text.includes(NULL) ? `nullif(c${at}, ${quoteText(NULL)})` : `c${at}`;
      return `${cell}::${sqlType[types[at] as ValueType]}`;
    }),
    parameters: texts,
  };
}

function cellText(cell: Value | null): string {
  if (cell === null) return NULL;
  return Object.is(cell, -0) ? "-0" : String(cell);
}
