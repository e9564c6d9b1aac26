import { availableParallelism } from "node:os";
import { extname } from "node:path";
import { Piscina } from "piscina";
import { type FileDigest, hashFile } from "./hash_file.ts";
import type { HashTask } from "./hash_worker.ts";

/** A file to hash; `bytes` is its size when it was found. */
export interface FileToHash {
  readonly path: string;
  readonly bytes: number;
  readonly leaf: boolean;
}

/** Below this many bytes in all, threads cost more than they save. */
const ALONE_BYTES = 64 * 1024 * 1024;
const REPORT_MS = 200;

/** Hashes files, in threads where they are large. Null for one that cannot be read. `onProgress` is given the bytes done so far and in all. */
export async function hashFiles(
  files: readonly FileToHash[],
  onProgress: (done: number, total: number) => void,
): Promise<(FileDigest | null)[]> {
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const progress = new BigUint64Array(new SharedArrayBuffer(8));
  const report = (): void => onProgress(Number(Atomics.load(progress, 0)), total);
  const timer = setInterval(report, REPORT_MS);
  try {
    return await (total <= ALONE_BYTES || files.length < 2 ? hashAlone(files, progress) : hashInThreads(files, progress));
  } finally {
    clearInterval(timer);
    report();
  }
}

async function hashAlone(files: readonly FileToHash[], progress: BigUint64Array): Promise<(FileDigest | null)[]> {
  const onBytes = (bytes: number): void => {
    Atomics.add(progress, 0, BigInt(bytes));
  };
  const digests: (FileDigest | null)[] = [];
  for (const { path, leaf } of files) digests.push(await hashFile(path, { leaf, onBytes }).catch(() => null));
  return digests;
}

async function hashInThreads(files: readonly FileToHash[], progress: BigUint64Array): Promise<(FileDigest | null)[]> {
  const pool = new Piscina<HashTask, FileDigest | null>({
    filename: new URL(`./hash_worker${extname(import.meta.filename)}`, import.meta.url).href,
    maxThreads: Math.min(availableParallelism(), files.length),
    execArgv: [],
  });
  try {
    return await Promise.all(files.map(({ path, leaf }) => pool.run({ path, leaf, progress })));
  } finally {
    await pool.destroy();
  }
}
