import { AssayError } from "../../schema/assay_error.ts";
import { quoteText } from "../../schema/sql_session.ts";
import type { FactBase } from "../../verify/fact_base.ts";
import { allowJobs } from "../../verify/jobs/allow_jobs.ts";
import type { JobKind } from "../../verify/jobs/job_kind.ts";
import { keepsJobs } from "../../verify/jobs/job_record.ts";

/**
 * Lets the jobs of a kind write relations, for whoever owns the fact base and named them: proposes the `may_write` facts that are missing. Errors:
 * `job.unrecorded`; `job.relation` for what is no base relation; `job.reach` where the gate does not accept the facts.
 */
export async function allowMissing(base: FactBase, kind: JobKind, relations: readonly string[], proposer: string): Promise<void> {
  if (!keepsJobs(base)) throw new AssayError("job.unrecorded", "the theory `jobs` is not in force");
  const unknown = relations.find((name) => base.program.relations.get(name)?.role !== "base");
  if (unknown !== undefined) throw new AssayError("job.relation", `\`${unknown}\` is no base relation of the theories in force`);
  const { rows } = await base.query({ sql: `SELECT relation FROM may_write WHERE kind = ${quoteText(kind)}` });
  const allowed = new Set(rows.map(([relation]) => relation));
  const missing = relations.filter((relation) => !allowed.has(relation));
  if (missing.length === 0) return;
  const verdict = await allowJobs(base, kind, missing, proposer);
  if (verdict.verdict === "accepted") return;
  const why = verdict.violations[0]?.message ?? verdict.undecided?.detail ?? verdict.verdict;
  throw new AssayError("job.reach", `\`${kind}\` jobs could not be allowed to write ${missing.join(", ")}: ${why}`);
}
