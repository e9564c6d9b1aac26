import type { SettledRows } from "../../compute/fibers/settle_fibers.ts";
import type { StoredFiber } from "./read_fibers.ts";

/** So many elements are worth a worker thread. */
const LARGE_ELEMENTS = 20_000;

/** Where every element of some fibers stands, computed here or, where they are large, in worker threads. Errors: `limit.compute_ms`, `limit.compute_mb`. */
export async function settledRows(fibers: readonly StoredFiber[]): Promise<SettledRows> {
  const plain = fibers.map(({ poset, sigma, delta }) => ({ down: poset.down, sigma, delta }));
  const atMost = fibers.reduce((sum, { poset }) => sum + 2 ** poset.size, 0);
  if (atMost <= LARGE_ELEMENTS) {
    const { settleFibers } = await import("../../compute/fibers/settle_fibers.ts");
    return settleFibers(plain);
  }
  const { ComputePool } = await import("../../compute/compute_pool.ts");
  const pool = new ComputePool();
  try {
    return await pool.settled(plain);
  } finally {
    await pool.close();
  }
}
