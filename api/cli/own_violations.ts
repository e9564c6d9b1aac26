import { AssayError, type ErrorReport } from "../../schema/assay_error.ts";
import type { Verdict, Violation } from "../../schema/verdict.ts";

/** A verdict as a run over some documents reports it. */
export interface OwnVerdict {
  readonly verdict: Verdict;
  readonly events: readonly ErrorReport[];
}

/**
 * Leaves out what a verdict lists of documents that were accepted before: warnings behind which no fact of this run stands. They were told
 * when those documents came, and would grow with history. Their number stays among the events.
 */
export function ownViolations(verdict: Verdict): OwnVerdict {
  const isBefore = ({ severity, facts }: Violation): boolean =>
    severity === "warn" && facts.length > 0 && facts.every(({ from }) => from === "base");
  const before = Map.groupBy(verdict.violations.filter(isBefore), ({ law }) => law);
  const dropped = [...before.values()].reduce((sum, found) => sum + found.length, 0);
  if (dropped === 0) return { verdict, events: [] };
  const laws = verdict.laws.map((outcome) => ({ ...outcome, violations: outcome.violations - (before.get(outcome.law)?.length ?? 0) }));
  const violations = verdict.violations.filter((violation) => !isBefore(violation));
  const notice = new AssayError("gate.before", `${dropped} warnings are about documents accepted before`).report();
  return { verdict: { ...verdict, laws, violations, total: verdict.total - dropped }, events: [notice] };
}
