import type { Verdict } from "../../schema/verdict.ts";
import type { FactBase } from "../fact_base.ts";
import type { JobKind } from "./job_kind.ts";

/**
 * Lets the jobs of a kind write relations: proposes the `may_write` facts, as anyone could. The base has the theory `jobs` in force.
 * Errors: those of `propose`.
 */
export async function allowJobs(
  base: Pick<FactBase, "propose">,
  kind: JobKind,
  relations: readonly string[],
  proposer: string,
): Promise<Verdict> {
  const assert = new Map([["may_write", relations.map((relation) => [kind, relation])]]);
  const reason = `let ${kind} jobs write ${relations.join(", ")}`;
  return base.propose({ proposer, reason, base: null, key: null, assert, retract: new Map(), places: new Map() });
}
