import { AssayError } from "../../schema/assay_error.ts";
import type { FactBase } from "../fact_base.ts";
import { leftOpen } from "./closure.ts";
import { endingFacts, recordFacts, verdictFacts } from "./job_facts.ts";
import { verdictOf } from "./verdict_of.ts";

/**
 * Ends the jobs on record that have no end: those of a process that died. Where the gate had accepted the last answer the job ended
 * accepted, else failed. Returns their names. The caller owns the fact base, and no job runs. A job whose end the laws in force do not
 * take stays without one.
 */
export async function endInterrupted(base: FactBase): Promise<string[]> {
  const { rows } = await base.query({
    sql: `SELECT j.job, a.round, d.delta FROM job j
      LEFT JOIN (SELECT * FROM attempt a WHERE NOT EXISTS (SELECT 1 FROM attempt_verdict v WHERE v.job = a.job AND v.round = a.round)) a ON a.job = j.job
      LEFT JOIN attempt_delta d ON d.job = a.job AND d.round = a.round
      WHERE j.job NOT IN (SELECT job FROM job_end) ORDER BY j.job`,
  });
  const names: string[] = [];
  for (const [name, round, delta] of rows) {
    const job = String(name);
    const { verdict, committed } = await verdictOf(base, delta === null || delta === undefined ? null : String(delta));
    const isAccepted = committed !== null;
    const { code, detail } = new AssayError("job.interrupted", "the process that ran the job ended before it did");
    const ending = endingFacts(job, {
      state: isAccepted ? "accepted" : "failed",
      error: isAccepted ? null : { code, detail },
      committed,
      leftOpen: isAccepted ? await leftOpen(base, job) : [],
    });
    const last = round === null || round === undefined ? [] : [verdictFacts(job, Number(round), verdict)];
    try {
      await recordFacts(base, job, "end, after its process was gone", [...last, ending]);
      names.push(job);
    } catch (error) {
      if (!(error instanceof AssayError) || error.code !== "job.record") throw error;
    }
  }
  return names;
}
