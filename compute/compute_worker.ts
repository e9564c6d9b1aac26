import { tableFromIPC } from "apache-arrow";
import { move, transferableSymbol, valueSymbol } from "piscina";
import { AssayError } from "../schema/assay_error.ts";
import type { ErrorCode } from "../schema/errors.ts";
import { type EntityKind, entityIds } from "./identity/entity_ids.ts";

/** What crosses into a worker: the key columns of some rows as an Arrow stream, and the names that errors call them by. */
export interface ComputeTask {
  readonly of: EntityKind;
  readonly names: readonly string[];
  readonly rows: Uint8Array;
}

/** What comes back. An error crosses as its parts, for its class does not. */
export type ComputeResult =
  | { readonly kind: "done"; readonly ids: Uint8Array; readonly missing: readonly number[] }
  | { readonly kind: "failed"; readonly code: ErrorCode; readonly detail: string; readonly place: string | null };

export default function run({ of, names, rows }: ComputeTask): ComputeResult {
  const table = tableFromIPC(rows);
  const columns = names.map((name, index) => {
    const values = table.getChildAt(index);
    if (values === null) throw new Error(`the column ${name} did not cross`);
    return { name, values };
  });
  try {
    const { ids, missing } = entityIds(of, columns);
    return moved({ kind: "done", ids, missing }, ids.buffer as ArrayBuffer);
  } catch (cause) {
    if (!(cause instanceof AssayError)) throw cause;
    return { kind: "failed", code: cause.code, detail: cause.detail, place: cause.place };
  }
}

/** A result whose buffer is moved to the caller, not copied. */
function moved(result: ComputeResult, buffer: ArrayBuffer): ComputeResult {
  return move({ [transferableSymbol]: [buffer], [valueSymbol]: result } as unknown as Parameters<
    typeof move
  >[0]) as unknown as ComputeResult;
}
