import type { Diagnostic } from "../../schema/diagnostic.ts";
import { type ErrorCode, registry } from "../../schema/errors.ts";
import { limits } from "../../schema/limits.ts";
import type { Span } from "../../schema/place.ts";

const TEXT_MAX_LENGTH = 200;

/** What a remark is about: where it stands, and the words that stand there. */
export interface Offence {
  readonly span: Span;
  readonly text: string;
}

/** The next step; a function where it is dear to find, as the nearest name is. Null is the registry's. */
export type Help = string | null | (() => string | null);

/**
 * Collects the diagnostics of one run in the order they are found, each once: a rule written out several times repeats its faults.
 * It keeps as many as the bound `diagnostics` allows and says when there were more.
 */
export class DiagnosticSink {
  readonly #found = new Map<string, Diagnostic>();
  readonly #places = new Set<string>();
  #errors = 0;
  #dropped: { readonly at: Offence; severity: Diagnostic["severity"] } | null = null;

  error(code: ErrorCode, at: Offence, message: string, help: Help): void {
    this.#add("error", code, at, message, help);
  }

  warning(code: ErrorCode, at: Offence, message: string, help: Help): void {
    this.#add("warning", code, at, message, help);
  }

  /** How many errors there are, kept or not; warnings do not count. */
  get errors(): number {
    return this.#errors;
  }

  /** Tells whether a fault of that kind was found at that place. */
  has(code: ErrorCode, span: Span): boolean {
    return this.#places.has(placeKey(code, span));
  }

  /** Everything kept, in the order found; a last `limit.diagnostics` where there was more, an error if any of that was. */
  list(): Diagnostic[] {
    if (this.#dropped === null) return [...this.#found.values()];
    const { at, severity } = this.#dropped;
    const message = `there are more than ${limits.diagnostics.value} diagnostics`;
    const { help } = registry["limit.diagnostics"];
    return [...this.#found.values(), { code: "limit.diagnostics", severity, message, span: at.span, text: at.text, help }];
  }

  #add(severity: Diagnostic["severity"], code: ErrorCode, at: Offence, message: string, help: Help): void {
    const place = placeKey(code, at.span);
    const key = `${place}\0${message}`;
    if (this.#found.has(key)) return;
    if (severity === "error") this.#errors += 1;
    const text = at.text.length > TEXT_MAX_LENGTH ? `${at.text.slice(0, TEXT_MAX_LENGTH - 1)}…` : at.text;
    if (this.#found.size >= limits.diagnostics.value) {
      this.#dropped ??= { at: { span: at.span, text }, severity };
      if (severity === "error") this.#dropped.severity = severity;
      return;
    }
    this.#places.add(place);
    const next = (typeof help === "function" ? help() : help) ?? registry[code].help;
    this.#found.set(key, { code, severity, message, span: at.span, text, help: next });
  }
}

function placeKey(code: ErrorCode, span: Span): string {
  return `${code}\0${span.file}\0${span.offset}\0${span.length}`;
}
