import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { AssayError } from "../../schema/assay_error.ts";
import { type KnownFile, readFailure } from "../file_format.ts";

const CHUNK_BYTES = 1024 * 1024;
const BYTE_ORDER_MARK = Buffer.of(0xef, 0xbb, 0xbf);

/**
 * The bytes of a text file in chunks, decompressed, without a byte order mark. The file is never held as a whole.
 * Errors: `ingest.unreadable`, `ingest.not_found`, `ingest.bad_gzip`.
 */
export async function* textChunks(file: KnownFile): AsyncGenerator<Buffer> {
  try {
    let first = true;
    for await (const chunk of bytesOf(file)) {
      const bytes = chunk as Buffer;
      yield first && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? bytes.subarray(3) : bytes;
      first = false;
    }
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    if (code.startsWith("Z_")) {
      throw new AssayError("ingest.bad_gzip", `\`${file.path}\` does not decompress to its end`, { place: file.path, cause });
    }
    throw readFailure(file.path, cause);
  }
}

function bytesOf(file: KnownFile): AsyncIterable<unknown> {
  const raw = createReadStream(file.path, { highWaterMark: CHUNK_BYTES });
  if (!file.gzip) return raw;
  const inflated = createGunzip({ chunkSize: CHUNK_BYTES });
  pipeline(raw, inflated, () => undefined);
  return inflated;
}
