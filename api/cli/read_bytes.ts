import type { Readable } from "node:stream";
import { AssayError } from "../../schema/assay_error.ts";
import type { LimitName } from "../../schema/limits.ts";

/** What a command reads whole. */
export interface WholeInput {
  /** What messages call it: a path, or `stdin`. */
  readonly place: string;
  /** What it is, `the delta`. */
  readonly what: string;
  readonly limit: Extract<LimitName, "json_bytes" | "text_bytes">;
  readonly bytes: number;
}

/** Reads a stream whole. Errors: `ingest.not_found`, `ingest.unreadable`, and that of the limit past its bound. */
export async function readBytes(stream: Readable, { place, what, limit, bytes: bound }: WholeInput): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      chunks.push(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      if (bytes > bound) throw new AssayError(`limit.${limit}`, `${what} has more than ${bound} bytes`, { place });
    }
  } catch (cause) {
    if (cause instanceof AssayError || !(cause instanceof Error) || !("code" in cause)) throw cause;
    const code = cause.code === "ENOENT" || cause.code === "ENOTDIR" ? "ingest.not_found" : "ingest.unreadable";
    throw new AssayError(code, `\`${place}\` cannot be read: ${String(cause.code)}`, { place, cause });
  }
  return Buffer.concat(chunks);
}
