import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { AssayError } from "../../schema/assay_error.ts";
import type { ProposedDelta } from "../../schema/delta.ts";
import { readDelta } from "../../schema/delta_wire.ts";
import type { Limits } from "../../schema/limits.ts";
import type { Door } from "./door.ts";

/**
 * Reads the delta that a command names: a JSON file, or `-` for stdin. Errors: `ingest.not_found`, `ingest.unreadable`,
 * `limit.json_bytes`, those of `readDelta`.
 */
export async function readDeltaFile(door: Door, path: string, limits: Limits): Promise<ProposedDelta> {
  const stream = path === "-" ? door.host.stdin : createReadStream(path);
  return readDelta(await readDocument(stream, path, limits), { source: path === "-" ? "stdin" : path, limits });
}

async function readDocument(stream: Readable, path: string, limits: Limits): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      chunks.push(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      if (bytes > limits.json_bytes)
        throw new AssayError("limit.json_bytes", `the delta has more than ${limits.json_bytes} bytes`, { place: path });
    }
  } catch (cause) {
    if (cause instanceof AssayError || !(cause instanceof Error) || !("code" in cause)) throw cause;
    const code = cause.code === "ENOENT" || cause.code === "ENOTDIR" ? "ingest.not_found" : "ingest.unreadable";
    throw new AssayError(code, `\`${path}\` cannot be read: ${String(cause.code)}`, { place: path, cause });
  }
  return Buffer.concat(chunks);
}
