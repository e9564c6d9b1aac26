import { EngineLimit } from "../duckdb/engine_limit.ts";

const MEGABYTE = 1024 * 1024;

/**
 * The bytes that the arrays of engines hold together: pools, tables and indexes. Whoever allocates takes first and gives back
 * what it drops, so that the bound `engine_mb` is met before memory is asked for, not after.
 */
export class MemoryBudget {
  readonly #bound_bytes: number;
  readonly #whole: MemoryBudget | null;
  #used_bytes = 0;

  constructor(bound_mb: number, whole: MemoryBudget | null = null) {
    this.#bound_bytes = bound_mb * MEGABYTE;
    this.#whole = whole;
  }

  get used_bytes(): number {
    return this.#used_bytes;
  }

  /** A part of this budget: what it takes is taken here too, until all of it is released. */
  part(): MemoryBudget {
    return new MemoryBudget(Number.POSITIVE_INFINITY, this);
  }

  /** Errors: `EngineLimit("engine_mb")`, with nothing taken, where the bound would be passed. */
  take(bytes: number): void {
    if (this.#used_bytes + bytes > this.#bound_bytes) throw new EngineLimit("engine_mb");
    this.#whole?.take(bytes);
    this.#used_bytes += bytes;
  }

  give(bytes: number): void {
    this.#whole?.give(bytes);
    this.#used_bytes -= bytes;
  }

  /** Gives back all that is taken. Nothing that took from here may be used any more. */
  release(): void {
    this.give(this.#used_bytes);
  }
}
