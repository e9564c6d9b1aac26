import type { Diagnostic } from "../../schema/diagnostic.ts";
import { type ErrorCode, registry } from "../../schema/errors.ts";
import type { Span } from "../../schema/place.ts";

const TEXT_MAX_LENGTH = 200;

/** What a remark is about: where it stands, and the words that stand there. */
export interface Offence {
  readonly span: Span;
  readonly text: string;
}

/**
 * Collects the diagnostics of one run in the order they are found, each once: a rule written out several times repeats its faults. A null
 * `help` is the registry's.
 */
export class DiagnosticSink {
  readonly #found = new Map<string, Diagnostic>();
  readonly #places = new Set<string>();
  #errors = 0;

  error(code: ErrorCode, at: Offence, message: string, help: string | null): void {
    this.#add("error", code, at, message, help);
  }

  warning(code: ErrorCode, at: Offence, message: string, help: string | null): void {
    this.#add("warning", code, at, message, help);
  }

  /** How many errors there are; warnings do not count. */
  get errors(): number {
    return this.#errors;
  }

  /** Tells whether a fault of that kind was found at that place. */
  has(code: ErrorCode, span: Span): boolean {
    return this.#places.has(placeKey(code, span));
  }

  /** Everything found, in the order found. */
  list(): Diagnostic[] {
    return [...this.#found.values()];
  }

  #add(severity: Diagnostic["severity"], code: ErrorCode, at: Offence, message: string, help: string | null): void {
    const place = placeKey(code, at.span);
    const key = `${place}\0${message}`;
    this.#places.add(place);
    if (this.#found.has(key)) return;
    if (severity === "error") this.#errors += 1;
    const text = at.text.length > TEXT_MAX_LENGTH ? `${at.text.slice(0, TEXT_MAX_LENGTH - 1)}…` : at.text;
    this.#found.set(key, { code, severity, message, span: at.span, text, help: help ?? registry[code].help });
  }
}

function placeKey(code: ErrorCode, span: Span): string {
  return `${code}\0${span.file}\0${span.offset}\0${span.length}`;
}
