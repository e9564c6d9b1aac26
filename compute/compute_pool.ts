import { availableParallelism } from "node:os";
import { extname } from "node:path";
import { Table, tableToIPC } from "apache-arrow";
import { Piscina } from "piscina";
import { AssayError } from "../schema/assay_error.ts";
import { limits } from "../schema/limits.ts";
import type { ComputeResult, ComputeTask } from "./compute_worker.ts";
import type { EntityIds, EntityKind } from "./identity/entity_ids.ts";
import type { KeyColumn } from "./identity/entity_key.ts";

const IDLE_MS = 10_000;
/** Rows of one task: large enough that crossing to a worker is a small part, small enough to stop soon. */
const TASK_ROWS = 65_536;

export interface ComputeOptions {
  /** Ends the work early; it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Pipelines over large inputs, in worker threads. Buffers are moved to a worker and back, not copied. The caller closes it. */
export class ComputePool {
  readonly #pool: Piscina<ComputeTask, ComputeResult>;

  /** `threads` workers at most, as many as there are cores where absent. */
  constructor(options: { readonly threads?: number } = {}) {
    this.#pool = new Piscina<ComputeTask, ComputeResult>({
      filename: new URL(`./compute_worker${extname(import.meta.filename)}`, import.meta.url).href,
      minThreads: 0,
      maxThreads: options.threads ?? availableParallelism(),
      idleTimeout: IDLE_MS,
      execArgv: [],
    });
  }

  /** As `entityIds`, in parts side by side: the same bytes whatever their number. Errors: those of `entityIds`, `limit.compute_ms`. */
  async entityIds(of: EntityKind, columns: readonly KeyColumn[], options: ComputeOptions = {}): Promise<EntityIds> {
    const table = new Table(Object.fromEntries(columns.map(({ values }, index) => [String(index), values])));
    const names = columns.map(({ name }) => name);
    const ids = new Uint8Array(table.numRows * 16);
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), limits.compute_ms.value);
    const signal = AbortSignal.any([late.signal, ...(options.signal === undefined ? [] : [options.signal])]);
    const starts = Array.from({ length: Math.ceil(table.numRows / TASK_ROWS) }, (_, index) => index * TASK_ROWS);
    try {
      const parts = await Promise.all(
        starts.map(async (start) => {
          const rows = tableToIPC(table.slice(start, start + TASK_ROWS), "stream");
          const part = await this.#pool.run({ of, names, rows }, { signal, transferList: [rows.buffer as ArrayBuffer] });
          if (part.kind === "failed") throw new AssayError(part.code, part.detail, { place: part.place });
          ids.set(part.ids, start * 16);
          return part.missing.map((row) => row + start);
        }),
      );
      return { ids, missing: parts.flat() };
    } catch (cause) {
      options.signal?.throwIfAborted();
      const { value, unit } = limits.compute_ms;
      if (late.signal.aborted) throw new AssayError("limit.compute_ms", `giving ids took more than ${value} ${unit}`, { cause });
      throw cause;
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}
