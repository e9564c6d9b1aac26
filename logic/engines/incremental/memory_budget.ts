import { EngineLimit } from "../duckdb/engine_limit.ts";

const MEGABYTE = 1024 * 1024;

/**
 * The bytes that the arrays of one engine hold together: pools, tables and indexes. Whoever allocates takes first and gives back
 * what it drops, so that the bound `engine_mb` is met before memory is asked for, not after.
 */
export class MemoryBudget {
  readonly #bound_bytes: number;
  #used_bytes = 0;

  constructor(bound_mb: number) {
    this.#bound_bytes = bound_mb * MEGABYTE;
  }

  get used_bytes(): number {
    return this.#used_bytes;
  }

  /** Errors: `EngineLimit("engine_mb")`, with nothing taken, where the bound would be passed. */
  take(bytes: number): void {
    if (this.#used_bytes + bytes > this.#bound_bytes) throw new EngineLimit("engine_mb");
    this.#used_bytes += bytes;
  }

  give(bytes: number): void {
    this.#used_bytes -= bytes;
  }
}
