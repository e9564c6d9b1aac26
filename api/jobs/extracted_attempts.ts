import type { Verdict } from "../../schema/verdict.ts";
import type { FactBase } from "../../verify/fact_base.ts";
import type { AttemptRecord, JobRecord } from "../../verify/jobs/job_record.ts";
import type { Attempt, JobOutcome } from "../../verify/jobs/run_job.ts";
import type { ExtractedAttempt, Reason } from "./extraction.ts";

/** The rounds of a job with at most `limit` reasons each, from the run itself, or where a receipt answered, from what is on record. */
export async function attemptsOf(
  base: Pick<FactBase, "verdict">,
  record: JobRecord,
  outcome: JobOutcome | null,
  limit: number,
): Promise<ExtractedAttempt[]> {
  const found: ExtractedAttempt[] = [];
  for (const attempt of record.attempts) {
    const run = outcome?.attempts.find(({ round }) => round === attempt.round) ?? null;
    const verdict = run?.verdict ?? (attempt.delta === null ? null : await base.verdict(attempt.delta));
    const { reasons, total } = reasonsOf(attempt, run, verdict);
    const { round, answer } = attempt;
    found.push({ round, answer, verdict: attempt.verdict ?? "", reasons: reasons.slice(0, limit), more: total - Math.min(total, limit) });
  }
  return found;
}

interface Reasons {
  readonly reasons: readonly Reason[];
  readonly total: number;
}

function reasonsOf({ verdict: word, error }: AttemptRecord, run: Attempt | null, verdict: Verdict | null): Reasons {
  if (word === "accepted") return { reasons: [], total: 0 };
  if (run?.rejected != null) {
    const { code, detail, place, also } = run.rejected;
    const reasons = [
      { law: code, message: detail, place },
      ...also.map((one) => ({ law: one.code, message: one.detail, place: one.place })),
    ];
    return { reasons, total: reasons.length };
  }
  if (verdict === null) return { reasons: error === null ? [] : [{ law: error.code, message: error.detail, place: null }], total: 1 };
  if (verdict.undecided !== null) {
    const { code, detail } = verdict.undecided;
    return { reasons: [{ law: code, message: detail, place: null }], total: 1 };
  }
  const errors = verdict.violations.filter(({ severity, waived }) => severity === "error" && waived !== true);
  const warned = verdict.violations.length - errors.length;
  return { reasons: errors.map(({ law, message, place }) => ({ law, message, place })), total: verdict.total - warned };
}
