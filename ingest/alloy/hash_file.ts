import { createHash, type Hash } from "node:crypto";
import { constants, open } from "node:fs/promises";
import { leafHasher } from "../../schema/merkle.ts";

const CHUNK_BYTES = 1024 * 1024;

/** The digests of a file, in hexadecimal digits: of its bytes, and as a leaf of a Merkle tree. */
export interface FileDigest {
  readonly sha256: string;
  readonly leaf: string;
  readonly bytes: number;
}

export interface HashFileOptions {
  /** Whether the digest as a leaf is wanted; else it is "". */
  readonly leaf: boolean;
  readonly onBytes: (bytes: number) => void;
}

/** Hashes a file piece by piece; a symbolic link is not followed. Rejects with what the system says where it cannot be read. */
export async function hashFile(path: string, options: HashFileOptions): Promise<FileDigest> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const whole = createHash("sha256");
    const leaf: Hash | null = options.leaf ? leafHasher() : null;
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    let bytes = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, null);
      if (bytesRead === 0) break;
      const piece = buffer.subarray(0, bytesRead);
      whole.update(piece);
      leaf?.update(piece);
      bytes += bytesRead;
      options.onBytes(bytesRead);
    }
    return { sha256: whole.digest("hex"), leaf: leaf?.digest("hex") ?? "", bytes };
  } finally {
    await file.close();
  }
}
