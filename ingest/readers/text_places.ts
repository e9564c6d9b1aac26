import type { Place } from "../../schema/place.ts";
import type { KnownFile } from "../file_format.ts";
import { textChunks } from "./text_chunks.ts";
import type { TextRecord } from "./text_records.ts";

/**
 * The lines on which records begin, `orders.csv:812`, found by reading the file again as far as the last of them. `cut` gives the
 * file's records in batches. A record that is no longer there has the file alone for its place.
 */
export async function linesOf(
  file: KnownFile,
  cut: (chunks: AsyncIterable<Buffer>) => AsyncIterable<readonly TextRecord[]>,
  records: readonly bigint[],
): Promise<Place[]> {
  const wanted = new Set(records);
  const lines = new Map<bigint, number>();
  let before = 0;
  if (wanted.size > 0) {
    for await (const batch of cut(textChunks(file))) {
      const last = before + batch.length;
      for (const record of wanted) {
        const text = batch[Number(record) - before - 1];
        if (text === undefined) continue;
        lines.set(record, text.line);
        wanted.delete(record);
      }
      before = last;
      if (wanted.size === 0) break;
    }
  }
  return records.map((record) => (lines.has(record) ? `${file.path}:${lines.get(record)}` : file.path));
}
