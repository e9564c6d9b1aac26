import { sha256 } from "../../schema/canonical.ts";
import { sqlType } from "../../schema/sql_session.ts";
import type { Value, ValueType } from "../../schema/value.ts";

/** What a table is made of in SQL: an expression for each column over `source`, and the parameters of the statement they stand in. */
export interface SplitColumns {
  readonly source: string;
  readonly values: readonly string[];
  readonly parameters: readonly string[];
}

const SEPARATOR = "\u001e";

/**
 * Columns of equally many cells, at least one, as texts that DuckDB takes apart: one parameter a column. So their rows reach DuckDB's
 * threads at the price of joining texts, where an appender works on the thread of its caller. Every value comes through exactly.
 */
export function splitColumns(types: readonly ValueType[], columns: readonly (readonly (Value | null)[])[]): SplitColumns {
  const split = columns.map(columnOf);
  const lists = split.map((_, at) => `unnest(string_split($${2 * at + 1}, $${2 * at + 2})) AS c${at}`);
  return {
    source: `(SELECT ${lists.join(", ")})`,
    values: split.map(
      ({ hasNull }, at) => `${hasNull ? `if(c${at} = '', NULL, substr(c${at}, 2))` : `c${at}`}::${sqlType[types[at] as ValueType]}`,
    ),
    parameters: split.flatMap(({ text, separator }) => [text, separator]),
  };
}

interface SplitColumn {
  readonly text: string;
  readonly separator: string;
  /** Whether a cell is NULL: then that one is empty, and the others have a character before them. */
  readonly hasNull: boolean;
}

function columnOf(cells: readonly (Value | null)[]): SplitColumn {
  const hasNull = cells.includes(null);
  const texts = cells.map((cell) => (cell === null ? "" : hasNull ? `=${textOf(cell)}` : textOf(cell)));
  const text = texts.join(SEPARATOR);
  if (occurrences(text, SEPARATOR) === cells.length - 1) return { text, separator: SEPARATOR, hasNull };
  // The first character stands in no other place of this separator, so a cell that ends with it hides none; its hash is in no cell.
  const separator = `${SEPARATOR}${sha256(text)}`;
  return { text: texts.join(separator), separator, hasNull };
}

function textOf(cell: Value): string {
  return Object.is(cell, -0) ? "-0" : String(cell);
}

function occurrences(text: string, part: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) count += 1;
  return count;
}
