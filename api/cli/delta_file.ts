import { createReadStream } from "node:fs";
import { extname } from "node:path";
import { readArrowDelta } from "../../ingest/arrow_delta.ts";
import type { ProposedDelta } from "../../schema/delta.ts";
import { readDeltaLines } from "../../schema/delta_lines.ts";
import { readDelta } from "../../schema/delta_wire.ts";
import type { Limits } from "../../schema/limits.ts";
import type { Door } from "./door.ts";
import { readBytes } from "./read_bytes.ts";

/**
 * Reads the delta that a command names: a file of JSON, NDJSON or Arrow, or `-` for stdin. Errors: `ingest.not_found`, `ingest.unreadable`,
 * `limit.json_bytes`, those of `readDelta`, `readDeltaLines` and `readArrowDelta`.
 */
export async function readDeltaFile(door: Door, path: string, limits: Limits): Promise<ProposedDelta> {
  const stream = path === "-" ? door.host.stdin : createReadStream(path);
  const source = path === "-" ? "stdin" : path;
  const bytes = await readBytes(stream, { place: source, what: "the delta", limit: "json_bytes", bytes: limits.json_bytes });
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
