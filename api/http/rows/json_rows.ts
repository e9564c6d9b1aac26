import type { Relation } from "../../../schema/relation.ts";
import { NDJSON_MEDIA } from "../delta_body.ts";
import { type RowEncoder, textsOf } from "./row_encoder.ts";

const PLAIN = /^[ !#-[\]-~]*$/;

/** NDJSON: an object a row, integers as bare digits of any size. */
export function ndjsonRows(relation: Relation): RowEncoder {
  const names = relation.attributes.map(({ name }, index) => `${index === 0 ? "{" : ","}${JSON.stringify(name)}:`);
  return {
    media: NDJSON_MEDIA,
    begin: () => null,
    end: () => null,
    chunk(columns, rows) {
      if (names.length === 0) return "{}\n".repeat(rows);
      const texts = names.map((_, index) => textsOf(columns[index] as (typeof columns)[number], rows, jsonText));
      let lines = "";
      for (let row = 0; row < rows; row += 1) {
        for (let index = 0; index < names.length; index += 1) lines += (names[index] as string) + (texts[index] as string[])[row];
        lines += "}\n";
      }
      return lines;
    },
  };
}

/** A string as JSON; most need no escape. */
function jsonText(value: string): string {
  return PLAIN.test(value) ? `"${value}"` : JSON.stringify(value);
}
