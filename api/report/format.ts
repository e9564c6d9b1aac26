import type { ErrorReport } from "../../schema/assay_error.ts";
import { unreachable } from "../../schema/unreachable.ts";
import { githubError, githubReport } from "./github.ts";
import { junitError, junitReport } from "./junit.ts";
import { markdownError, markdownReport } from "./markdown.ts";
import type { Report } from "./report.ts";
import { sarifError, sarifReport, sarifStream } from "./sarif.ts";

/** The forms a verdict is printed in for other programs, beside the terminal's and the envelope. */
export const reportFormats = ["sarif", "junit", "github", "markdown"] as const;
export type ReportFormat = (typeof reportFormats)[number];

/** All forms of a verdict. */
export const formats = ["tty", "json", ...reportFormats] as const;
export type Format = (typeof formats)[number];

/** A verdict in one of the forms, as the texts of one file each: SARIF needs several where GitHub's limits are passed. */
export function reportFiles(format: ReportFormat, report: Report): readonly Iterable<string>[] {
  return format === "sarif" ? sarifReport(report).map((text) => [text]) : [reportStream(format, report)];
}

/** A verdict in one of the forms, as one text. */
export function reportStream(format: ReportFormat, report: Report): Iterable<string> {
  switch (format) {
    case "sarif":
      return [sarifStream(report)];
    case "junit":
      return junitReport(report);
    case "github":
      return githubReport(report);
    case "markdown":
      return [markdownReport(report)];
    default:
      return unreachable(format);
  }
}

/** What kept a command from a verdict, in one of the forms: no reader may take it for a pass. */
export function printError(format: ReportFormat, error: ErrorReport, version: string, exit: number): string {
  switch (format) {
    case "sarif":
      return sarifError(error, version, exit);
    case "junit":
      return junitError(error);
    case "github":
      return githubError(error);
    case "markdown":
      return markdownError(error);
    default:
      return unreachable(format);
  }
}
