import type { Relation } from "../../../schema/relation.ts";
import { csvField } from "../../report/csv.ts";
import { CSV_MEDIA } from "../delta_body.ts";
import { type RowEncoder, textsOf } from "./row_encoder.ts";

/** RFC 4180, with a header line. */
export function csvRows(relation: Relation): RowEncoder {
  const names = relation.attributes.map(({ name }) => name);
  return {
    media: CSV_MEDIA,
    begin: () => `${names.map(csvField).join(",")}\r\n`,
    end: () => null,
    chunk(columns, rows) {
      const texts = names.map((_, index) => textsOf(columns[index] as (typeof columns)[number], rows, csvField));
      let lines = "";
      for (let row = 0; row < rows; row += 1) {
        for (let index = 0; index < names.length; index += 1) lines += (index === 0 ? "" : ",") + (texts[index] as string[])[row];
        lines += "\r\n";
      }
      return lines;
    },
  };
}
