import { open } from "node:fs/promises";
import { AssayError } from "../../schema/assay_error.ts";

/**
 * The text of a file in UTF-8, without a byte order mark. Errors: `ingest.not_found`, `ingest.directory`, `ingest.unreadable`;
 * `limit.text_bytes` past `bytes`; `ingest.not_utf8` and `ingest.nul` for what is no text.
 */
export async function readText(path: string, bytes: number): Promise<string> {
  const whole = await readWhole(path, bytes);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(whole);
  } catch (cause) {
    throw new AssayError("ingest.not_utf8", `\`${path}\` is not UTF-8`, { place: path, cause });
  }
  if (text.includes("\0")) throw new AssayError("ingest.nul", `\`${path}\` holds NUL, as no text does`, { place: path });
  return text;
}

async function readWhole(path: string, bytes: number): Promise<Uint8Array> {
  try {
    await using file = await open(path);
    const stat = await file.stat();
    if (stat.isDirectory()) throw new AssayError("ingest.directory", `\`${path}\` is a folder`, { place: path });
    if (stat.size > bytes)
      throw new AssayError("limit.text_bytes", `\`${path}\` has ${stat.size} bytes, the bound is ${bytes}`, { place: path });
    return await file.readFile();
  } catch (cause) {
    if (cause instanceof AssayError || !(cause instanceof Error) || !("code" in cause)) throw cause;
    const code = cause.code === "ENOENT" || cause.code === "ENOTDIR" ? "ingest.not_found" : "ingest.unreadable";
    throw new AssayError(code, `\`${path}\` cannot be read: ${String(cause.code)}`, { place: path, cause });
  }
}
