import type { Relation } from "../../../schema/relation.ts";
import { NDJSON_MEDIA } from "../delta_body.ts";
import { lineRows } from "./line_rows.ts";
import type { RowEncoder } from "./row_encoder.ts";
import type { TextBuffer } from "./text_buffer.ts";

const [SPACE, QUOTE, BACKSLASH] = [0x20, 0x22, 0x5c];

/** NDJSON: an object a row, integers as bare digits of any size. */
export function ndjsonRows(relation: Relation): RowEncoder {
  return lineRows(relation, {
    media: NDJSON_MEDIA,
    head: "",
    before: relation.attributes.map(({ name }, index) => `${index === 0 ? "{" : ","}${JSON.stringify(name)}:`),
    after: relation.attributes.length === 0 ? "{}\n" : "}\n",
    text: addString,
  });
}

/** A string as JSON (RFC 8259 §7); most need no escape. */
function addString(target: TextBuffer, bytes: Uint8Array, start: number, end: number): void {
  if (!isBare(bytes, start, end)) {
    target.addText(JSON.stringify(Buffer.prototype.utf8Slice.call(bytes, start, end)));
    return;
  }
  target.addByte(QUOTE);
  target.add(bytes, start, end);
  target.addByte(QUOTE);
}

function isBare(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte < SPACE || byte === QUOTE || byte === BACKSLASH) return false;
  }
  return true;
}
