import type { SqlColumn } from "../../../schema/sql_session.ts";

/** Turns chunks of typed columns into bytes of one format, without a JavaScript value for each row. */
export interface RowEncoder {
  readonly media: string;
  begin(): Uint8Array | string | null;
  /** What a chunk comes to; null where it waits for more. The chunk's memory is not kept. */
  chunk(columns: readonly SqlColumn[], rows: number): Uint8Array | string | null;
  end(): Uint8Array | string | null;
}

/** The texts of a column's values, made by `text` from symbols and as JSON writes them from numbers. */
export function textsOf(column: SqlColumn, rows: number, text: (value: string) => string): string[] {
  const texts = new Array<string>(rows);
  if (column.kind === "symbol") {
    column.forEach((bytes, start, end, at) => {
      texts[at] = text(Buffer.prototype.utf8Slice.call(bytes, start, end));
    });
    return texts;
  }
  for (let at = 0; at < rows; at += 1) texts[at] = String(column.values[at]);
  return texts;
}
