import { mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AssayError } from "../../schema/assay_error.ts";
import { leftOutOf } from "../jobs/extract_quarantine.ts";
import type { ExtractedFile } from "../jobs/extraction.ts";
import { exactIntegers } from "../report/envelope_json.ts";

/** Writes what was left out: a JSON object a line, or a file each where `path` is a folder or ends in a slash. Errors: `report.unwritable`. */
export async function writeLeftOut(path: string, files: readonly ExtractedFile[]): Promise<void> {
  const entries = leftOutOf(files);
  const info = await stat(path).catch(() => null);
  try {
    if (info?.isDirectory() === true || path.endsWith("/")) {
      await mkdir(path, { recursive: true });
      for (const { name, entry } of entries) await writeFile(join(path, name), `${JSON.stringify(entry, exactIntegers, 2)}\n`);
    } else await writeFile(path, entries.map(({ entry }) => `${JSON.stringify(entry, exactIntegers)}\n`).join(""));
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause)) throw cause;
    throw new AssayError("report.unwritable", `\`${path}\` cannot be written: ${String(cause.code)}`, { place: path, cause });
  }
}
