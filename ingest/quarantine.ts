import type { ErrorCode } from "../schema/errors.ts";
import type { Place } from "../schema/place.ts";

/** The most characters of offending text that a quarantine entry keeps. */
export const QUARANTINE_TEXT_CHARACTERS = 200;

/** One record of a file that became no fact: where it stands, why, and the text that is to blame. */
export interface Quarantined {
  readonly place: Place;
  readonly code: ErrorCode;
  /** Lower-case, without a full stop, the file's own words in backticks. */
  readonly reason: string;
  /** The offending value or the start of the record, at most 200 characters. */
  readonly text: string;
}
