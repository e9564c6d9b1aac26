import { tableFromIPC } from "apache-arrow";
import { move, transferableSymbol, valueSymbol } from "piscina";
import { AssayError } from "../schema/assay_error.ts";
import type { ErrorCode } from "../schema/errors.ts";
import { type PlainFiber, type SettledRows, settleFibers } from "./fibers/settle_fibers.ts";
import { glue } from "./gluing/families.ts";
import { type EntityKind, entityIds } from "./identity/entity_ids.ts";
import { fromStream, toStream } from "./text_table.ts";
import { Alphabet } from "./traces/alphabet.ts";
import { historyFrames } from "./traces/history_frame.ts";

/** What each pipeline takes into a worker. Tables are Arrow streams, moved there. */
export interface PipelineInput {
  /** The key columns of some rows, and the names that errors call them by. */
  readonly ids: { readonly of: EntityKind; readonly names: readonly string[]; readonly rows: Uint8Array };
  /** Words of histories in the column `history`, over an alphabet. */
  readonly histories: {
    readonly steps: readonly string[];
    readonly independent: readonly (readonly [string, string])[];
    readonly words: Uint8Array;
  };
  readonly settled: { readonly fibers: readonly PlainFiber[] };
  /** Edges (t, s, u), independence (a, b) and restrictions (f, u, t, x, y). */
  readonly gluing: { readonly ext: Uint8Array; readonly ind: Uint8Array; readonly res: Uint8Array };
}

/** What comes back of each. Buffers are moved. */
export interface PipelineOutput {
  readonly ids: { readonly ids: Uint8Array; readonly missing: readonly number[] };
  readonly histories: { readonly histories: Uint8Array; readonly layers: Uint8Array };
  readonly settled: SettledRows;
  readonly gluing: {
    readonly families: Uint8Array;
    readonly amalgamations: Uint8Array;
    readonly missing: Uint8Array;
    readonly double: Uint8Array;
  };
}

export type Pipeline = keyof PipelineInput;

export type ComputeTask = { readonly [P in Pipeline]: { readonly pipeline: P; readonly input: PipelineInput[P] } }[Pipeline];

/** What comes back. An error crosses as its parts, for its class does not. */
export type ComputeResult =
  | { readonly kind: "done"; readonly output: PipelineOutput[Pipeline] }
  | { readonly kind: "failed"; readonly code: ErrorCode; readonly detail: string; readonly place: string | null };

export default function run(task: ComputeTask): ComputeResult {
  try {
    return moved(outputOf(task));
  } catch (cause) {
    if (!(cause instanceof AssayError)) throw cause;
    return { kind: "failed", code: cause.code, detail: cause.detail, place: cause.place };
  }
}

function outputOf(task: ComputeTask): PipelineOutput[Pipeline] {
  switch (task.pipeline) {
    case "ids":
      return idsOf(task.input);
    case "histories": {
      const alphabet = new Alphabet(task.input.steps, task.input.independent);
      const { histories, layers } = historyFrames(alphabet, fromStream(task.input.words).lazy(), "history");
      return { histories: toStream(histories.collectSync()), layers: toStream(layers.collectSync()) };
    }
    case "settled":
      return settleFibers(task.input.fibers);
    case "gluing": {
      const { ext, ind, res } = task.input;
      const found = glue({ ext: fromStream(ext).lazy(), ind: fromStream(ind).lazy(), res: fromStream(res).lazy() });
      const { families, amalgamations, missing, double } = found;
      return { families: toStream(families), amalgamations: toStream(amalgamations), missing: toStream(missing), double: toStream(double) };
    }
  }
}

function idsOf({ of, names, rows }: PipelineInput["ids"]): PipelineOutput["ids"] {
  const table = tableFromIPC(rows);
  const columns = names.map((name, index) => {
    const values = table.getChildAt(index);
    if (values === null) throw new Error(`the column ${name} did not cross`);
    return { name, values };
  });
  return entityIds(of, columns);
}

/** A result whose buffers are moved to the caller, not copied. */
function moved(output: PipelineOutput[Pipeline]): ComputeResult {
  const buffers = Object.values(output).flatMap((value) => (ArrayBuffer.isView(value) ? [value.buffer as ArrayBuffer] : []));
  const result: ComputeResult = { kind: "done", output };
  return move({ [transferableSymbol]: buffers, [valueSymbol]: result } as unknown as Parameters<
    typeof move
  >[0]) as unknown as ComputeResult;
}
