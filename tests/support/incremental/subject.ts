import type { Pools } from "../../../logic/engines/incremental/pools.ts";
import type { Table } from "../../../logic/engines/incremental/table.ts";
import type { Fact } from "../../../schema/fact.ts";
import type { Limits } from "../../../schema/limits.ts";
import type { Row } from "../../../schema/value.ts";
import type { Undecided } from "../../../schema/verdict.ts";
import type { Facts } from "../duckdb_facts.ts";
import type { DeltaCase } from "./delta_case.ts";

/** What the checks ask of an engine that keeps a program's relations up to date. */
export interface Subject {
  readonly reached: ReadonlySet<string>;
  has(relation: string, row: Row): boolean;
  count(relation: string): number;
  rows(relation: string, offset?: number, limit?: number): Row[];
  apply(delta: { readonly assert: readonly Fact[]; readonly retract: readonly Fact[] }): { readonly undecided: Undecided | null };
  added(relation: string): Row[];
  removed(relation: string): Row[];
  effective(): { assert: Fact[]; retract: Fact[] };
  lawOutcomes(): readonly { law: string; added: number; standing: number }[];
  keep(): void;
  rollback(): void;
  support(relation: string, row: Row): readonly Fact[];
  bytes(): number;
  readonly pools: Pools;
  /** The tables behind the relations, for comparing states deeply. */
  readonly tables: { table(relation: string): Table | null };
}

/** Makes an engine over `facts`, loaded and evaluated; with an undecided outcome it is good for nothing. */
export type MakeSubject = (
  target: Pick<DeltaCase, "program" | "watch">,
  facts: Facts,
  limits: Limits,
) => { readonly subject: Subject; readonly undecided: Undecided | null };
