import type { IrProgram } from "../logic/language/ir.ts";

/**
 * The engines that can judge deltas. `incremental` keeps facts and what follows in memory, `duckdb` evaluates the laws in SQL, `clingo`
 * grounds them in DuckDB's place, `souffle` evaluates them in DuckDB's place, where the machine has one.
 */
export const engineNames = ["incremental", "duckdb", "clingo", "souffle"] as const;

export type EngineName = (typeof engineNames)[number];

/** Whether a program has what the DuckDB engine alone evaluates: answer sets, and relations that keep only some of what is derived. */
export function isForDuckDb({ answerSets = [], selections }: IrProgram): boolean {
  return answerSets.length > 0 || (selections?.size ?? 0) > 0;
}

/** An engine that judges what DuckDB would, over DuckDB's tables. */
export type Deputy = "clingo" | "souffle";

/** Which engine, of those asked for, is to judge in DuckDB's place; null where DuckDB does. */
export function deputyOf(engines: readonly EngineName[] | undefined): Deputy | null {
  return engines?.find((name) => name === "clingo" || name === "souffle") ?? null;
}

/** The engines with DuckDB in its deputy's place: that one reads DuckDB's tables and is asked by the session that it is seated at. */
export function seatedEngines(engines: readonly EngineName[]): readonly EngineName[] {
  return [...new Set(engines.map((name) => (name === "clingo" || name === "souffle" ? "duckdb" : name)))];
}

/** The engines that judge deltas where none is named. */
export const defaultEngines: readonly EngineName[] = ["incremental"];
