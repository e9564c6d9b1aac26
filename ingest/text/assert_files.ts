import { stat } from "node:fs/promises";
import { AssayError } from "../../schema/assay_error.ts";

/** Every file is there, before any model is asked. Errors: `ingest.not_found`, `ingest.directory`. */
export async function assertFiles(files: readonly string[]): Promise<void> {
  for (const file of files) {
    const info = await stat(file).catch(() => null);
    if (info === null) throw new AssayError("ingest.not_found", `there is no file \`${file}\``, { place: file });
    if (info.isDirectory()) throw new AssayError("ingest.directory", `\`${file}\` is a folder`, { place: file });
  }
}
