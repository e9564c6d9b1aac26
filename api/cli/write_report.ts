import { createWriteStream } from "node:fs";
import { extname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AssayError } from "../../schema/assay_error.ts";

/** Writes each part of a report into a file of its own: `report.sarif`, `report.2.sarif`, … Errors: `report.unwritable`. */
export async function writeReport(file: string, parts: readonly Iterable<string | Uint8Array>[]): Promise<void> {
  for (const [index, part] of parts.entries()) {
    const path = index === 0 ? file : numbered(file, index + 1);
    try {
      await pipeline(Readable.from(part), createWriteStream(path));
    } catch (cause) {
      if (!(cause instanceof Error && "code" in cause)) throw cause;
      throw new AssayError("report.unwritable", `\`${path}\` cannot be written: ${String(cause.code)}`, { place: path, cause });
    }
  }
}

function numbered(file: string, number: number): string {
  const extension = extname(file);
  return `${file.slice(0, file.length - extension.length)}.${number}${extension}`;
}
