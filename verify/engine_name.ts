/** The engines that can judge deltas. `incremental` keeps facts and what follows in memory, `duckdb` evaluates the laws in SQL. */
export const engineNames = ["incremental", "duckdb"] as const;

export type EngineName = (typeof engineNames)[number];

/** The engines that judge deltas where none is named. */
export const defaultEngines: readonly EngineName[] = ["duckdb"];
