import { AssayError, type ErrorReport } from "../../schema/assay_error.ts";
import { registry } from "../../schema/errors.ts";
import { errorText } from "../report/error_text.ts";
import { excerpt } from "./excerpt.ts";
import type { ExitCode, Outcome } from "./outcome.ts";

/** The outcome of whatever was thrown: an `AssayError` as it says itself, anything else as a broken invariant. */
export function failure(thrown: unknown): Outcome {
  const report = reportOf(thrown);
  const exit = thrown instanceof AssayError ? registry[thrown.code].exit : registry["internal.invariant"].exit;
  return {
    envelope: { ok: false, data: null, error: report, events: [], cursor: null },
    exit: exit as ExitCode,
    text: (style) => errorText(report, style, "error", excerpt),
  };
}

function reportOf(thrown: unknown): ErrorReport {
  if (thrown instanceof AssayError) return thrown.report();
  const entry = registry["internal.invariant"];
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: "internal.invariant", title: entry.title, detail, place: null, help: entry.help };
}
