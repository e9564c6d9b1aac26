import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { AssayError } from "../../schema/assay_error.ts";
import { limits } from "../../schema/limits.ts";
import type { Door } from "./door.ts";

/**
 * The text of a small file that a command names, or of stdin for `-`. Errors: `ingest.not_found`, `ingest.unreadable`, `limit.text_bytes`.
 */
export async function readTextFile(door: Door, path: string): Promise<string> {
  const stream: Readable = path === "-" ? door.host.stdin : createReadStream(path);
  const place = path === "-" ? "stdin" : path;
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      chunks.push(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      if (bytes > limits.text_bytes.value)
        throw new AssayError("limit.text_bytes", `it has more than ${limits.text_bytes.value} bytes`, { place });
    }
  } catch (cause) {
    if (cause instanceof AssayError || !(cause instanceof Error) || !("code" in cause)) throw cause;
    const code = cause.code === "ENOENT" || cause.code === "ENOTDIR" ? "ingest.not_found" : "ingest.unreadable";
    throw new AssayError(code, `\`${path}\` cannot be read: ${String(cause.code)}`, { place, cause });
  }
  return Buffer.concat(chunks).toString("utf8");
}
