import type { IrProgram } from "../logic/language/ir.ts";

/** The engines that can judge deltas. `incremental` keeps facts and what follows in memory, `duckdb` evaluates the laws in SQL. */
export const engineNames = ["incremental", "duckdb"] as const;

export type EngineName = (typeof engineNames)[number];

/** Whether a program has what the DuckDB engine alone evaluates: answer sets, and relations that keep only some of what is derived. */
export function isForDuckDb({ answerSets = [], selections }: IrProgram): boolean {
  return answerSets.length > 0 || (selections?.size ?? 0) > 0;
}

/** The engines that judge deltas where none is named. */
export const defaultEngines: readonly EngineName[] = ["incremental"];
