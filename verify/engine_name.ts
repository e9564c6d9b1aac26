import type { IrProgram } from "../logic/language/ir.ts";

/**
 * The engines that can judge deltas. `incremental` keeps facts and what follows in memory, `duckdb` evaluates the laws in SQL, `clingo`
 * grounds them in DuckDB's place.
 */
export const engineNames = ["incremental", "duckdb", "clingo"] as const;

export type EngineName = (typeof engineNames)[number];

/** Whether a program has what the DuckDB engine alone evaluates: answer sets, and relations that keep only some of what is derived. */
export function isForDuckDb({ answerSets = [], selections }: IrProgram): boolean {
  return answerSets.length > 0 || (selections?.size ?? 0) > 0;
}

/** Whether clingo is to judge what DuckDB would. */
export function asksClingo(engines: readonly EngineName[] | undefined): boolean {
  return engines?.includes("clingo") === true;
}

/** The engines with DuckDB in clingo's place: clingo reads DuckDB's tables and is asked by the session that it is seated at. */
export function seatedEngines(engines: readonly EngineName[]): readonly EngineName[] {
  return [...new Set(engines.map((name) => (name === "clingo" ? "duckdb" : name)))];
}

/** The engines that judge deltas where none is named. */
export const defaultEngines: readonly EngineName[] = ["incremental"];
