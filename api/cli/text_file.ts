import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { AssayError } from "../../schema/assay_error.ts";
import { limits } from "../../schema/limits.ts";
import type { Door } from "./door.ts";

/**
 * The text of a small file that a command names, or of stdin for `-`. Errors: `ingest.not_found`, `ingest.unreadable`, `limit.text_bytes`.
 */
export async function readTextFile(door: Door, path: string): Promise<string> {
  const bound = limits.text_bytes.value;
  const tooLong = (place: string): AssayError => new AssayError("limit.text_bytes", `it has more than ${bound} bytes`, { place });
  const stream = path === "-" ? door.host.stdin : createReadStream(path);
  const place = path === "-" ? "stdin" : path;
  return (await readBytes(stream, place, bound, tooLong)).toString("utf8");
}

/** All of stdin. Errors: `ingest.unreadable`, `limit.json_bytes` past `bound` bytes. */
export function readStdin(door: Door, bound: number): Promise<Buffer> {
  const tooLong = (place: string): AssayError => new AssayError("limit.json_bytes", `it has more than ${bound} bytes`, { place });
  return readBytes(door.host.stdin, "stdin", bound, tooLong);
}

async function readBytes(stream: Readable, place: string, bound: number, tooLong: (place: string) => AssayError): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      chunks.push(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      if (bytes > bound) throw tooLong(place);
    }
  } catch (cause) {
    if (cause instanceof AssayError || !(cause instanceof Error) || !("code" in cause)) throw cause;
    const code = cause.code === "ENOENT" || cause.code === "ENOTDIR" ? "ingest.not_found" : "ingest.unreadable";
    throw new AssayError(code, `\`${place}\` cannot be read: ${String(cause.code)}`, { place, cause });
  }
  return Buffer.concat(chunks);
}
