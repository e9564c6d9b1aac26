import type { Relation } from "../../../schema/relation.ts";
import type { SqlColumn, TextColumn } from "../../../schema/sql_session.ts";
import { digitWriter, INTEGER_BYTES, writeAscii } from "./digits.ts";
import type { RowEncoder } from "./row_encoder.ts";
import { TextBuffer } from "./text_buffer.ts";

/** `-1.2345678901234567e-308` has 24 characters; no number that JavaScript writes has more than 26. */
const FLOAT_BYTES = 26;
/** Memory is asked for in blocks of this size, and what is written to one is sent once it is so much. */
const BLOCK_BYTES = 256 * 1024;
const PIECE_BYTES = 64 * 1024;

/** How a format writes a row as a line. */
export interface LineFormat {
  readonly media: string;
  /** What stands before all lines. */
  readonly head: string;
  /** What stands before each value of a line. */
  readonly before: readonly string[];
  /** What ends a line. */
  readonly after: string;
  /** Adds a text, UTF-8 from `start` to `end` of `bytes`, as the format writes it. */
  readonly text: (target: TextBuffer, bytes: Uint8Array, start: number, end: number) => void;
}

/** Writes the value of row `at`; returns where it ends. */
type CellWriter = (target: Uint8Array, to: number, at: number) => number;

interface Cells {
  readonly write: CellWriter;
  /** The most bytes that all of them take. */
  readonly bytes: number;
}

/** Lines of a format, written byte for byte into pieces of 64 KiB or a chunk more. */
export function lineRows(relation: Relation, format: LineFormat): RowEncoder {
  const before = format.before.map((text) => Buffer.from(text));
  const after = Buffer.from(format.after);
  const fixed = before.reduce((sum, { length }) => sum + length, after.length);
  const texts = relation.attributes.map(() => new TextBuffer());
  let piece: Uint8Array = Buffer.alloc(0);
  let from = 0;
  let to = 0;
  const take = (): Uint8Array[] => {
    const bytes = piece.subarray(from, to);
    from = to;
    return bytes.length > 0 ? [bytes] : [];
  };
  return {
    media: format.media,
    begin: () => (format.head === "" ? [] : [Buffer.from(format.head)]),
    chunk(columns, rows) {
      const cells = texts.map((text, index) => cellsOf(columns[index] as SqlColumn, rows, format, text));
      const most = cells.reduce((sum, { bytes }) => sum + bytes, rows * fixed);
      const full = to + most > piece.length ? take() : [];
      if (to + most > piece.length) {
        piece = Buffer.allocUnsafeSlow(Math.max(BLOCK_BYTES, most));
        from = 0;
        to = 0;
      }
      to = writeLines(piece, to, rows, before, cells, after);
      return to - from >= PIECE_BYTES ? [...full, ...take()] : full;
    },
    end: take,
  };
}

function writeLines(
  target: Uint8Array,
  start: number,
  rows: number,
  before: readonly Uint8Array[],
  cells: readonly Cells[],
  after: Uint8Array,
): number {
  let to = start;
  for (let at = 0; at < rows; at += 1) {
    for (let index = 0; index < cells.length; index += 1) {
      to = copy(before[index] as Uint8Array, target, to);
      to = (cells[index] as Cells).write(target, to, at);
    }
    to = copy(after, target, to);
  }
  return to;
}

function copy(source: Uint8Array, target: Uint8Array, to: number): number {
  for (let at = 0; at < source.length; at += 1) target[to + at] = source[at] as number;
  return to + source.length;
}

function cellsOf(column: SqlColumn, rows: number, format: LineFormat, scratch: TextBuffer): Cells {
  switch (column.kind) {
    case "symbol":
      return textCells(column, rows, format, scratch);
    case "float": {
      const { values } = column;
      return { write: (target, to, at) => writeAscii(target, to, String(values[at])), bytes: FLOAT_BYTES * rows };
    }
    default:
      return { write: digitWriter(column.values), bytes: INTEGER_BYTES * rows };
  }
}

function textCells(column: TextColumn, rows: number, format: LineFormat, scratch: TextBuffer): Cells {
  const ends = new Int32Array(rows + 1);
  scratch.clear();
  column.forEach((bytes, start, end, at) => {
    format.text(scratch, bytes, start, end);
    ends[at + 1] = scratch.end;
  });
  const all = scratch.bytes();
  return {
    bytes: all.length,
    write: (target, to, at) => {
      const start = ends[at] as number;
      const length = (ends[at + 1] as number) - start;
      if (length > 24) target.set(all.subarray(start, start + length), to);
      else for (let byte = 0; byte < length; byte += 1) target[to + byte] = all[start + byte] as number;
      return to + length;
    },
  };
}
