import { AssayError, type ErrorReport } from "../../schema/assay_error.ts";
import type { Verdict } from "../../schema/verdict.ts";
import type { FactBase } from "../../verify/fact_base.ts";
import type { Output } from "./format_option.ts";

/** True where a form is asked for that has no pages: it needs every violation. */
export function needsAll(outputs: readonly Output[]): boolean {
  return outputs.some(({ format }) => format !== "tty" && format !== "json");
}

/** Gives a verdict of `base` all its violations where they are needed, page by page, up to the bound `report_violations`. */
export async function wholeVerdict(base: FactBase, verdict: Verdict, isNeeded: boolean): Promise<Verdict> {
  const { delta } = verdict;
  if (delta === null || !isNeeded) return verdict;
  const violations = [...verdict.violations];
  let { cursor } = verdict;
  while (cursor !== null && violations.length < base.limits.report_violations) {
    const page = await base.violations(delta, cursor);
    violations.push(...page.violations);
    cursor = page.cursor;
  }
  return { ...verdict, violations, cursor };
}

/** Says among a report's events that it does not list all violations. */
export function cutNotice(verdict: Verdict, outputs: readonly Output[]): readonly ErrorReport[] {
  if (verdict.cursor === null || !needsAll(outputs)) return [];
  const detail = `${verdict.violations.length} of ${verdict.total} violations are listed`;
  return [new AssayError("limit.report_violations", detail).report()];
}
