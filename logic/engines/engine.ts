import type { Limits } from "../../schema/limits.ts";
import type { Row } from "../../schema/value.ts";
import type { LawOutcome, Undecided } from "../../schema/verdict.ts";
import type { IrProgram } from "../language/ir.ts";
import type { Source } from "./duckdb/source.ts";

/** What an engine needs to judge: a checked program and the bounds. Where the facts are is each engine's own matter. */
export interface EngineInput {
  readonly program: IrProgram;
  readonly limits: Limits;
}

/**
 * All laws judged over one state. `undecided` is not null where a bound was reached; then `laws` holds what was decided before.
 * The caller must `close()` it; until then `witnesses` can be read.
 */
export interface LawCheck {
  readonly undecided: Undecided | null;
  readonly laws: readonly LawOutcome[];
  /** Derived relations that stand as tables until `close`, for whoever explains; absent where there are none. */
  readonly tables?: ReadonlyMap<string, Source>;
  /** Violations of one law in ascending order of their values, at most `limit` from `offset` on. */
  witnesses(law: string, offset: number, limit: number): Promise<Row[]>;
  close(): Promise<void>;
}
