import { AssayError, type ErrorReport } from "../../schema/assay_error.ts";
import type { ErrorCode } from "../../schema/errors.ts";
import type { Limits } from "../../schema/limits.ts";
import type { Place } from "../../schema/place.ts";
import { QUARANTINE_TEXT_CHARACTERS, type Quarantined } from "../quarantine.ts";
import { FactSheet } from "./fact_sheet.ts";

/** One reading of a project: the facts so far, what became no fact, and remarks for people. */
export class Reading {
  readonly limits: Limits;
  readonly sheet: FactSheet;
  readonly quarantined: Quarantined[] = [];
  readonly events: ErrorReport[] = [];

  constructor(limits: Limits) {
    this.limits = limits;
    this.sheet = new FactSheet(limits);
  }

  notice(code: ErrorCode, detail: string, place: Place | null = null): void {
    this.events.push(new AssayError(code, detail, { place }).report());
  }

  setAside(code: ErrorCode, reason: string, text: string, place: Place): void {
    this.quarantined.push({ place, code, reason, text: text.slice(0, QUARANTINE_TEXT_CHARACTERS) });
  }
}
