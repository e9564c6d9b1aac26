import type { ErrorReport } from "../../schema/assay_error.ts";
import type { Severity, Verdict, Violation } from "../../schema/verdict.ts";
import { type Location, locationOf } from "./location.ts";

/** What a printer can say of a law beside how it fared. */
export interface LawText {
  readonly severity: Severity;
  /** The message with `{attribute}` holes. */
  readonly message: string;
  readonly doc: string;
  readonly theory: string;
}

/** A verdict with what printers for machines need around it. */
export interface Report {
  /** With every violation listed, or with a cursor where they are too many. */
  readonly verdict: Verdict;
  /** By the law's id. */
  readonly laws: ReadonlyMap<string, LawText>;
  /** The names of the documents judged, as places name them; none where a delta was. */
  readonly subjects: readonly string[];
  readonly events: readonly ErrorReport[];
  /** Whether all repairs that were asked for were found; null where none were asked for. */
  readonly repairsComplete: boolean | null;
  readonly exit: number;
  readonly version: string;
  /** A folder that places are relative to, from the current one; `""` where they are relative to that. */
  readonly folder: string;
}

/** Where a violation stands: its place, else that of a fact behind it, else the only document judged. */
export function violationLocation(report: Pick<Report, "subjects" | "folder">, violation: Violation): Location | null {
  const place = violation.place ?? violation.facts.find((fact) => fact.place !== null)?.place ?? null;
  if (place !== null) return placed(report.folder, locationOf(place));
  const [only, ...others] = report.subjects;
  return only === undefined || others.length > 0 ? null : placed(report.folder, { path: only, line: null, column: null });
}

/** A location seen from the current folder. */
export function placed(folder: string, location: Location): Location {
  return folder === "" || location.path.startsWith("/") ? location : { ...location, path: `${folder}/${location.path}` };
}

/** The laws that ran, and the gate's own checks where something broke them, each with its count. */
export function lawsThatRan(verdict: Verdict): readonly { law: string; severity: Severity; violations: number; waived: number }[] {
  const known = new Set(verdict.laws.map(({ law }) => law));
  const checks = Map.groupBy(
    verdict.violations.filter(({ law }) => !known.has(law)),
    ({ law }) => law,
  );
  const own = [...checks].map(([law, found]) => ({
    law,
    severity: found[0]?.severity ?? ("error" as const),
    violations: found.length,
    waived: 0,
  }));
  return [...own, ...verdict.laws];
}
