import type { IrProgram } from "../../logic/language/ir.ts";
import type { ErrorReport } from "../../schema/assay_error.ts";
import type { Verdict } from "../../schema/verdict.ts";
import { repairsText } from "../report/repairs_text.ts";
import type { LawText, Report } from "../report/report.ts";
import type { Style } from "../report/style.ts";
import { type LawLines, verdictText } from "../report/verdict_text.ts";
import { exitOf, type Outcome } from "./outcome.ts";
import { packageVersion } from "./version.ts";

export interface VerdictOutcomeOptions {
  readonly events?: readonly ErrorReport[];
  /** Violations printed of one law. */
  readonly show: number;
  readonly micros: number;
  /** Members beside the verdict's own in `data`. */
  readonly beside?: Readonly<Record<string, unknown>>;
  /** What the verdict was judged by. */
  readonly program: Pick<IrProgram, "laws">;
  /** The names of the documents judged. */
  readonly subjects?: readonly string[];
  /** What places are relative to, seen from the current folder. */
  readonly folder?: string;
  /** Whether all repairs asked for were found; absent where none were asked for. */
  readonly repairsComplete?: boolean;
  /** Which laws the readable form names one by one. */
  readonly laws?: LawLines;
}

export interface VerdictOutcome extends Outcome {
  readonly text: (style: Style) => string;
  readonly report: Report;
}

/** The outcome of whatever ends in a verdict. */
export function verdictOutcome(verdict: Verdict, options: VerdictOutcomeOptions): VerdictOutcome {
  const { events = [], show, micros, beside = {}, subjects = [], folder = "", laws = "broken" } = options;
  const repairsComplete = options.repairsComplete ?? null;
  const exit = exitOf(verdict);
  return {
    envelope: { ok: true, data: { ...verdict, ...beside }, error: null, events, cursor: verdict.cursor },
    exit,
    text: (style) => verdictText(verdict, { style, perLaw: show, micros, laws }) + repairsPart(verdict, repairsComplete, style),
    report: { verdict, laws: lawTexts(options.program), subjects, events, repairsComplete, exit, version: packageVersion(), folder },
  };
}

function repairsPart(verdict: Verdict, isComplete: boolean | null, style: Style): string {
  return isComplete === null || verdict.verdict !== "refused" ? "" : `\n\n${repairsText(verdict.repairs, isComplete, style)}`;
}

function lawTexts({ laws }: Pick<IrProgram, "laws">): ReadonlyMap<string, LawText> {
  return new Map(laws.map(({ id, severity, message, doc, theory }) => [id, { severity, message, doc, theory }]));
}
