import { IncrementalEngine } from "../../../logic/engines/incremental/incremental_engine.ts";
import { MemoryBudget } from "../../../logic/engines/incremental/memory_budget.ts";
import { Pools } from "../../../logic/engines/incremental/pools.ts";
import { systemClock } from "../../../schema/clock.ts";
import type { Limits } from "../../../schema/limits.ts";
import type { Undecided } from "../../../schema/verdict.ts";
import type { Facts } from "../duckdb_facts.ts";
import type { DeltaCase } from "./delta_case.ts";

/** The incremental engine over `facts`: columns of cells loaded, everything evaluated, the indexes for deltas built. */
export function loadSubject(
  { program, watch }: Pick<DeltaCase, "program" | "watch">,
  facts: Facts,
  limits: Limits,
): { readonly subject: IncrementalEngine; readonly undecided: Undecided | null } {
  const pools = new Pools(new MemoryBudget(limits.engine_mb));
  const subject = IncrementalEngine.create({ program, limits, clock: systemClock, watch, pools });
  for (const [name, rows] of Object.entries(facts)) {
    const relation = program.relations.get(name);
    if (relation === undefined || !subject.reached.has(name)) continue;
    const columns = relation.attributes.map(({ type }, at) => ({
      cells: Int32Array.from(rows, (row) => pools.encode(row[at] ?? "", type)),
    }));
    subject.insertBase(name, columns, rows.length);
  }
  const { undecided } = subject.evaluate();
  return { subject, undecided: undecided ?? subject.prepare().undecided };
}
