import type { Relation } from "../../../schema/relation.ts";
import { csvField } from "../../report/csv.ts";
import { CSV_MEDIA } from "../delta_body.ts";
import { lineRows } from "./line_rows.ts";
import type { RowEncoder } from "./row_encoder.ts";
import type { TextBuffer } from "./text_buffer.ts";

const [QUOTE, COMMA, CARRIAGE_RETURN, LINE_FEED] = [0x22, 0x2c, 0x0d, 0x0a];

/** RFC 4180, with a header line. */
export function csvRows(relation: Relation): RowEncoder {
  const names = relation.attributes.map(({ name }) => name);
  return lineRows(relation, {
    media: CSV_MEDIA,
    head: `${names.map(csvField).join(",")}\r\n`,
    before: names.map((_, index) => (index === 0 ? "" : ",")),
    after: "\r\n",
    text: addField,
  });
}

function addField(target: TextBuffer, bytes: Uint8Array, start: number, end: number): void {
  if (isBare(bytes, start, end)) target.add(bytes, start, end);
  else target.addText(csvField(Buffer.prototype.utf8Slice.call(bytes, start, end)));
}

function isBare(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE || byte === COMMA || byte === CARRIAGE_RETURN || byte === LINE_FEED) return false;
  }
  return start < end;
}
