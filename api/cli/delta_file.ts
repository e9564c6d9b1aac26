import { createReadStream } from "node:fs";
import { extname } from "node:path";
import type { Readable } from "node:stream";
import { readArrowDelta } from "../../ingest/arrow_delta.ts";
import { AssayError } from "../../schema/assay_error.ts";
import type { ProposedDelta } from "../../schema/delta.ts";
import { readDeltaLines } from "../../schema/delta_lines.ts";
import { readDelta } from "../../schema/delta_wire.ts";
import type { Limits } from "../../schema/limits.ts";
import type { Door } from "./door.ts";

/**
 * Reads the delta that a command names: a file of JSON, NDJSON or Arrow, or `-` for stdin. Errors: `ingest.not_found`, `ingest.unreadable`,
 * `limit.json_bytes`, those of `readDelta`, `readDeltaLines` and `readArrowDelta`.
 */
export async function readDeltaFile(door: Door, path: string, limits: Limits): Promise<ProposedDelta> {
  const stream = path === "-" ? door.host.stdin : createReadStream(path);
  const bytes = await readDocument(stream, path, limits);
  const source = path === "-" ? "stdin" : path;
  switch (formOf(path, bytes)) {
    case "arrow":
      return readArrowDelta(bytes, { source });
    case "ndjson":
      return readDeltaLines(bytes, { source, limits });
    default:
      return readDelta(bytes, { source, limits });
  }
}

const endings: Readonly<Record<string, "ndjson" | "arrow">> = {
  ".ndjson": "ndjson",
  ".jsonl": "ndjson",
  ".arrow": "arrow",
  ".arrows": "arrow",
};
const ARROW_MARK = Buffer.of(255, 255, 255, 255);

/** The form of a delta by its name, else by how it begins: a line that is an object alone, with another behind it, is NDJSON. */
function formOf(path: string, bytes: Buffer): "json" | "ndjson" | "arrow" {
  const named = endings[extname(path).toLowerCase()];
  if (named !== undefined) return named;
  if (bytes.subarray(0, ARROW_MARK.length).equals(ARROW_MARK)) return "arrow";
  const end = bytes.indexOf("\n");
  const first = bytes.subarray(0, Math.max(end, 0)).toString("utf8").trim();
  const hasMore = end !== -1 && bytes.subarray(end).toString("utf8").trim() !== "";
  return hasMore && first.startsWith("{") && first.endsWith("}") ? "ndjson" : "json";
}

async function readDocument(stream: Readable, path: string, limits: Limits): Promise<Buffer> {
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
