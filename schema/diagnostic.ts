import type { ErrorCode } from "./errors.ts";
import type { Span } from "./place.ts";

/** A remark on a program. Programs with an `error` do not load; `warning` and `notice` do not stop anything. */
export interface Diagnostic {
  readonly code: ErrorCode;
  readonly severity: "error" | "warning" | "notice";
  /** Lower-case, without a full stop, the program's own words in backticks. */
  readonly message: string;
  readonly span: Span;
  /** The offending text as it stands in the program, at most 200 characters. */
  readonly text: string;
  /** The next step; names the closest known name where one is near. */
  readonly help: string | null;
}
