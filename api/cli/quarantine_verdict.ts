import type { Quarantined } from "../../ingest/quarantine.ts";
import type { Verdict, Violation } from "../../schema/verdict.ts";
import { gateViolation } from "../../verify/violation.ts";

/** A record that became no fact, as a violation of the gate's check of types. */
export function quarantineViolation({ place, code, reason, text }: Quarantined): Violation {
  return gateViolation({ check: "types", code, message: reason, witness: { place, text }, place });
}

/**
 * A verdict over files some of whose records became no fact: refused, those records first among its violations.
 * `page` is the stretch asked for; `listed` the records in it, `verdict` that of the laws from where the records leave off.
 */
export function withQuarantine(
  verdict: Verdict,
  quarantined: number,
  listed: readonly Quarantined[],
  page: { readonly offset: number; readonly limit: number },
): Verdict {
  if (quarantined === 0) return verdict;
  const violations = [...listed.map(quarantineViolation), ...verdict.violations].slice(0, page.limit);
  const total = quarantined + verdict.total;
  const next = page.offset + page.limit;
  return { ...verdict, verdict: "refused", undecided: null, violations, total, cursor: next < total ? `after:${next}` : null };
}
