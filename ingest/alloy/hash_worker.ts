import { type FileDigest, hashFile } from "./hash_file.ts";

export interface HashTask {
  readonly path: string;
  readonly leaf: boolean;
  /** A counter of bytes shared by all workers. */
  readonly progress: BigUint64Array;
}

/** Null where the file cannot be read. */
export default async function hashInWorker({ path, leaf, progress }: HashTask): Promise<FileDigest | null> {
  return hashFile(path, { leaf, onBytes: (bytes) => Atomics.add(progress, 0, BigInt(bytes)) }).catch(() => null);
}
