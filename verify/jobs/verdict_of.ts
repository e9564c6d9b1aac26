import type { FactBase } from "../fact_base.ts";
import type { JobEnding } from "./job_facts.ts";

/** What became of an answer whose verdict nobody heard: what the gate said of its delta, or `interrupted` where it never judged it. */
export async function verdictOf(
  base: FactBase,
  delta: string | null,
): Promise<{ readonly verdict: string; readonly committed: JobEnding["committed"] }> {
  const found = delta === null ? null : await base.verdict(delta);
  if (found?.verdict === "accepted" && found.commit !== null && delta !== null) {
    return { verdict: "accepted", committed: { delta, commit: found.commit } };
  }
  return { verdict: found?.verdict ?? "interrupted", committed: null };
}
