import { type ErrorCode, registry } from "./errors.ts";
import type { Place } from "./place.ts";

/** An error as the doors print it. */
export interface ErrorReport {
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly place: Place | null;
  readonly help: string | null;
  /** Further errors of the same run, where there are several. */
  readonly also?: readonly ErrorReport[];
}

export interface AssayErrorOptions {
  readonly place?: Place | null;
  /** Overrides the registry's next step where the situation allows a better one. */
  readonly help?: string | null;
  readonly also?: readonly ErrorReport[];
  readonly cause?: unknown;
}

/**
 * Bad input, a bad environment or a passed bound: something its user can act on. Broken invariants are plain `Error`s.
 * `detail` is lower-case, names the offending text in backticks and ends without a full stop.
 */
export class AssayError extends Error {
  override readonly name = "AssayError";
  readonly code: ErrorCode;
  readonly detail: string;
  readonly place: Place | null;
  readonly help: string | null;
  readonly also: readonly ErrorReport[];

  constructor(code: ErrorCode, detail: string, options: AssayErrorOptions = {}) {
    super(`${code}: ${detail}`, { cause: options.cause });
    this.code = code;
    this.detail = detail;
    this.place = options.place ?? null;
    this.help = options.help === undefined ? registry[code].help : options.help;
    this.also = options.also ?? [];
  }

  report(): ErrorReport {
    const base = { code: this.code, title: registry[this.code].title, detail: this.detail, place: this.place, help: this.help };
    return this.also.length > 0 ? { ...base, also: this.also } : base;
  }
}
