import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AssayError } from "../../schema/assay_error.ts";

/** A body that waits on disk to be read. Whoever has it removes it. */
export interface Upload {
  readonly folder: string;
  readonly path: string;
  readonly bytes: number;
  /** Removes the body, which has been read; what was written beside it stays. */
  discard(): Promise<void>;
  /** Removes the folder and all that is in it. */
  remove(): Promise<void>;
}

/** The media types of files that an import takes, and the endings of their names. */
export const uploadMedia: Readonly<Record<string, string>> = {
  "text/csv": "csv",
  "text/tab-separated-values": "tsv",
  "application/x-ndjson": "ndjson",
  "application/json": "json",
  "application/vnd.apache.parquet": "parquet",
  "application/vnd.apache.arrow.stream": "arrow",
  "application/vnd.apache.arrow.file": "arrow",
};

/**
 * Writes a body to a file of its own, as fast as it comes. Errors: `limit.upload_bytes`, `http.body_aborted`, `store.full_disk`; nothing stays
 * behind then.
 */
export async function receive(body: Readable, name: string, bound: number): Promise<Upload> {
  const folder = await mkdtemp(join(tmpdir(), "assay-upload-"));
  const path = join(folder, name);
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  let bytes = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > bound) done(new AssayError("limit.upload_bytes", `the file has more bytes than the bound upload_bytes, ${bound}`));
      else done(null, chunk);
    },
  });
  try {
    await pipeline(body, counter, createWriteStream(path));
  } catch (cause) {
    await remove();
    throw uploadError(cause);
  }
  return { folder, path, bytes, discard: () => rm(path, { force: true }), remove };
}

function uploadError(cause: unknown): unknown {
  const code = cause instanceof Error && "code" in cause ? cause.code : null;
  if (code === "ENOSPC" || code === "EDQUOT") return new AssayError("store.full_disk", "no space is left for the upload", { cause });
  return cause;
}
