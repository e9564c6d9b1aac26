import { AssayError } from "../../schema/assay_error.ts";
import { ComputePool } from "../compute_pool.ts";
import { scanFile, unreadable } from "../identity/scan_file.ts";
import { toStream } from "../text_table.ts";
import type { Alphabet } from "./alphabet.ts";

/** The normal forms of a file's words, as CSV with the columns history, depth and height. */
export interface HistoryFile {
  readonly histories: number;
  readonly letters: number;
  readonly csv: Buffer;
}

/**
 * Brings the words in the column `history` of a file to their normal forms, each once, in worker threads. Errors: `machine.history`,
 * `machine.unknown_step`, `ingest.unreadable` where there is no such column, and those of `scanFile`.
 */
export async function readHistories(alphabet: Alphabet, path: string): Promise<HistoryFile> {
  const frame = scanFile(path);
  if (!frame.columns.includes("history")) {
    throw new AssayError("ingest.unreadable", `\`${path}\` has no column \`history\``, { place: path });
  }
  const pool = new ComputePool();
  try {
    const words = toStream(frame.select("history").collectSync());
    const { histories, layers } = await pool.histories({ steps: alphabet.names, independent: alphabet.pairs() }, words);
    return { histories: histories.height, letters: layers.height, csv: histories.writeCSV() };
  } catch (cause) {
    throw unreadable(path, cause);
  } finally {
    await pool.close();
  }
}
