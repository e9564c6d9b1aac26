import { availableParallelism } from "node:os";
import { extname } from "node:path";
import { Table, tableToIPC } from "apache-arrow";
import pl from "nodejs-polars";
import { Piscina } from "piscina";
import { AssayError } from "../schema/assay_error.ts";
import { limits } from "../schema/limits.ts";
import type { ComputeResult, ComputeTask, Pipeline, PipelineInput, PipelineOutput } from "./compute_worker.ts";
import type { PlainFiber, SettledRows } from "./fibers/settle_fibers.ts";
import type { EntityIds, EntityKind } from "./identity/entity_ids.ts";
import type { KeyColumn } from "./identity/entity_key.ts";
import { fromStream, toStream } from "./text_table.ts";

const IDLE_MS = 10_000;
/** Rows of one task: large enough that crossing to a worker is a small part, small enough to stop soon. */
const TASK_ROWS = 65_536;

export interface ComputeOptions {
  /** Ends the work early; it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** In place of the bound `compute_ms`. */
  readonly time_ms?: number;
}

/** A machine's steps and which are independent. */
export interface Presentation {
  readonly steps: readonly string[];
  readonly independent: readonly (readonly [string, string])[];
}

/** Tables as Arrow streams. Whoever hands them over has them no more: their memory is moved, not copied. */
export interface AccordStreams {
  readonly ext: Uint8Array;
  readonly ind: Uint8Array;
  readonly res: Uint8Array;
}

/**
 * Pipelines over large inputs, in worker threads. Buffers are moved to a worker and back, not copied. Every one of them ends by the signal of
 * its options, or with `limit.compute_ms`, and a worker whose memory passes `compute_mb` with `limit.compute_mb`. The caller closes it.
 */
export class ComputePool {
  readonly #pool: Piscina<ComputeTask, ComputeResult>;

  readonly #memory_mb: number;

  /** `threads` workers at most, as many as there are cores where absent; `memory_mb` in place of the bound `compute_mb`. */
  constructor(options: { readonly threads?: number; readonly memory_mb?: number } = {}) {
    this.#memory_mb = options.memory_mb ?? limits.compute_mb.value;
    this.#pool = new Piscina<ComputeTask, ComputeResult>({
      filename: new URL(`./compute_worker${extname(import.meta.filename)}`, import.meta.url).href,
      minThreads: 0,
      maxThreads: options.threads ?? availableParallelism(),
      idleTimeout: IDLE_MS,
      resourceLimits: { maxOldGenerationSizeMb: this.#memory_mb },
      execArgv: [],
    });
  }

  /** As `entityIds`, in parts side by side: the same bytes whatever their number. Errors: those of `entityIds`. */
  async entityIds(of: EntityKind, columns: readonly KeyColumn[], options: ComputeOptions = {}): Promise<EntityIds> {
    const table = new Table(Object.fromEntries(columns.map(({ values }, index) => [String(index), values])));
    const names = columns.map(({ name }) => name);
    const ids = new Uint8Array(table.numRows * 16);
    const inputs = starts(table.numRows).map((start) => {
      return { of, names, rows: tableToIPC(table.slice(start, start + TASK_ROWS), "stream") };
    });
    const parts = await this.#run("ids", inputs, options);
    for (const [index, part] of parts.entries()) ids.set(part.ids, index * TASK_ROWS * 16);
    return { ids, missing: parts.flatMap(({ missing }, index) => missing.map((row) => row + index * TASK_ROWS)) };
  }

  /**
   * As `historyFrames` over the column `history` of an Arrow stream, which is moved where it is one part's work: the normal form of every
   * word, once. Errors: those of `historyFrames`.
   */
  async histories(
    presentation: Presentation,
    words: Uint8Array,
    options: ComputeOptions = {},
  ): Promise<{ readonly histories: pl.DataFrame; readonly layers: pl.DataFrame }> {
    const whole = fromStream(words);
    const slices =
      whole.height <= TASK_ROWS
        ? [words]
        : starts(whole.height).map((start) => toStream(whole.slice({ offset: start, length: TASK_ROWS })));
    const parts = await this.#run(
      "histories",
      slices.map((slice) => ({ ...presentation, words: slice })),
      options,
    );
    const join = (tables: readonly Uint8Array[]): pl.DataFrame => {
      const frames = tables.map(fromStream);
      const [first] = frames;
      if (first === undefined) throw new Error("no part of the words was read");
      return frames.length === 1 ? first : pl.concat(frames).unique().sort(first.columns);
    };
    return { histories: join(parts.map(({ histories }) => histories)), layers: join(parts.map(({ layers }) => layers)) };
  }

  /** As `settleFibers`. Errors: those of `settleFibers`. */
  async settled(fibers: readonly PlainFiber[], options: ComputeOptions = {}): Promise<SettledRows> {
    const [found] = await this.#run("settled", [{ fibers }], options);
    return found as SettledRows;
  }

  /** As `glue`, over Arrow streams that are moved to a worker. */
  async gluing(
    accord: AccordStreams,
    options: ComputeOptions = {},
  ): Promise<Readonly<Record<keyof PipelineOutput["gluing"], pl.DataFrame>>> {
    const [found] = await this.#run("gluing", [accord], options);
    const { families, amalgamations, missing, double } = found as PipelineOutput["gluing"];
    const read = { families: fromStream(families), amalgamations: fromStream(amalgamations) };
    return { ...read, missing: fromStream(missing), double: fromStream(double) };
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async #run<P extends Pipeline>(pipeline: P, inputs: readonly PipelineInput[P][], options: ComputeOptions): Promise<PipelineOutput[P][]> {
    const late = new AbortController();
    const time_ms = options.time_ms ?? limits.compute_ms.value;
    const timer = setTimeout(() => late.abort(), time_ms);
    const signal = AbortSignal.any([late.signal, ...(options.signal === undefined ? [] : [options.signal])]);
    try {
      return await Promise.all(
        inputs.map(async (input) => {
          const result = await this.#pool.run({ pipeline, input } as ComputeTask, { signal, transferList: buffersOf(input) });
          if (result.kind === "failed") throw new AssayError(result.code, result.detail, { place: result.place });
          return result.output as PipelineOutput[P];
        }),
      );
    } catch (cause) {
      options.signal?.throwIfAborted();
      if (late.signal.aborted) {
        const { unit } = limits.compute_ms;
        throw new AssayError("limit.compute_ms", `the pipeline \`${pipeline}\` took more than ${time_ms} ${unit}`, { cause });
      }
      if (cause instanceof Error && "code" in cause && cause.code === "ERR_WORKER_OUT_OF_MEMORY") {
        const { unit } = limits.compute_mb;
        throw new AssayError("limit.compute_mb", `the pipeline \`${pipeline}\` took more than ${this.#memory_mb} ${unit}`, { cause });
      }
      throw cause;
    } finally {
      clearTimeout(timer);
      late.abort();
    }
  }
}

function starts(rows: number): number[] {
  return Array.from({ length: Math.ceil(rows / TASK_ROWS) }, (_, index) => index * TASK_ROWS);
}

/** The memory behind the tables of an input. */
function buffersOf(input: object): ArrayBuffer[] {
  return Object.values(input).flatMap((value) => (value instanceof Uint8Array ? [value.buffer as ArrayBuffer] : []));
}
