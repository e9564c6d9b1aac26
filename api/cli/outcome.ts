import type { Envelope } from "../../schema/envelope.ts";
import type { Verdict } from "../../schema/verdict.ts";
import type { Report } from "../report/report.ts";
import type { Style } from "../report/style.ts";

/** 0 accepted or done · 1 refused · 2 undecided or nothing checked · 3 usage or input · 4 internal. */
export type ExitCode = 0 | 1 | 2 | 3 | 4;

/** What a command answers with: one envelope, printed verbatim with `--json` and by `text` without. */
export interface Outcome {
  readonly envelope: Envelope<unknown>;
  readonly exit: ExitCode;
  /** The readable form, without a final line end; chunks where it is long or bytes. */
  readonly text: (style: Style) => string | Iterable<string | Uint8Array>;
  /** What the other forms print; where there is a verdict. */
  readonly report?: Report;
}

const verdictExit = { accepted: 0, refused: 1, undecided: 2 } as const;

export function exitOf(verdict: Verdict): ExitCode {
  return verdictExit[verdict.verdict];
}
