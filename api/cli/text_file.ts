import { createReadStream } from "node:fs";
import { limits } from "../../schema/limits.ts";
import type { Door } from "./door.ts";
import { readBytes } from "./read_bytes.ts";

/**
 * The text of a small file that a command names, or of stdin for `-`. Errors: `ingest.not_found`, `ingest.unreadable`, `limit.text_bytes`.
 */
export async function readTextFile(door: Door, path: string): Promise<string> {
  const stream = path === "-" ? door.host.stdin : createReadStream(path);
  const place = path === "-" ? "stdin" : path;
  const bytes = await readBytes(stream, { place, what: "it", limit: "text_bytes", bytes: limits.text_bytes.value });
  return bytes.toString("utf8");
}

/** All of stdin. Errors: `ingest.unreadable`, `limit.json_bytes` past `bound` bytes. */
export function readStdin(door: Door, bound: number): Promise<Buffer> {
  return readBytes(door.host.stdin, { place: "stdin", what: "it", limit: "json_bytes", bytes: bound });
}
