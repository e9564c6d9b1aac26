import type { ErrorReport } from "../../schema/assay_error.ts";
import type { Verdict } from "../../schema/verdict.ts";
import { verdictText } from "../report/verdict_text.ts";
import { exitOf, type Outcome } from "./outcome.ts";

export interface VerdictOutcomeOptions {
  readonly events?: readonly ErrorReport[];
  /** Violations printed of one law. */
  readonly show: number;
  readonly micros: number;
  /** Members beside the verdict's own in `data`. */
  readonly beside?: Readonly<Record<string, unknown>>;
}

/** The outcome of whatever ends in a verdict. */
export function verdictOutcome(verdict: Verdict, options: VerdictOutcomeOptions): Outcome {
  const { events = [], show, micros, beside = {} } = options;
  return {
    envelope: { ok: true, data: { ...verdict, ...beside }, error: null, events, cursor: verdict.cursor },
    exit: exitOf(verdict),
    text: (style) => verdictText(verdict, { style, perLaw: show, micros }),
  };
}
