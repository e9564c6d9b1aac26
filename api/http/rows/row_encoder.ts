import type { SqlColumn } from "../../../schema/sql_session.ts";

/** Bytes of an answer in their order. They are not written to again. */
export type Pieces = readonly Uint8Array[];

/** Turns chunks of typed columns into bytes of one format, without a JavaScript value for each row. */
export interface RowEncoder {
  readonly media: string;
  begin(): Pieces;
  /** What a chunk comes to; nothing where it waits for more. The chunk's memory is not kept. */
  chunk(columns: readonly SqlColumn[], rows: number): Pieces;
  end(): Pieces;
}
