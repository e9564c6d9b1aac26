import type { FactBase } from "../fact_base.ts";
import type { JobRecord } from "./job_record.ts";

/** What the gate said against the attempts of a job, by round: the first violations of each, as the fact base keeps refusals. */
export async function attemptReasons(base: FactBase, { attempts }: JobRecord): Promise<Map<number, readonly string[]>> {
  const found = new Map<number, readonly string[]>();
  for (const { round, delta, verdict } of attempts) {
    if (verdict !== "refused" || delta === null) continue;
    const kept = await base.verdict(delta);
    found.set(round, kept?.violations.map(({ law, message }) => `${message} (\`${law}\`)`) ?? []);
  }
  return found;
}
