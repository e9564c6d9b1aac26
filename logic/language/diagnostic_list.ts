import type { Diagnostic } from "../../schema/diagnostic.ts";
import { type ErrorCode, registry } from "../../schema/errors.ts";
import type { Span } from "../../schema/place.ts";
import type { SourceText } from "./source.ts";

/** The longest stretch of program text that a diagnostic repeats. */
const TEXT_UNITS = 200;

/**
 * The diagnostics of one parse, at most `bound` of them: the one past it is `limit.diagnostics` and the last that is kept.
 * The caller stops when `full`.
 */
export class DiagnosticList {
  readonly source: SourceText;
  readonly items: Diagnostic[] = [];
  readonly #bound: number;
  #full = false;

  constructor(source: SourceText, bound: number) {
    this.source = source;
    this.#bound = bound;
  }

  get full(): boolean {
    return this.#full;
  }

  error(code: ErrorCode, message: string, span: Span, help: string | null = null): void {
    this.#add("error", code, message, span, help);
  }

  notice(code: ErrorCode, message: string, span: Span): void {
    this.#add("notice", code, message, span, null);
  }

  /** All diagnostics in the order of their places. */
  sorted(): Diagnostic[] {
    const rank = (item: Diagnostic): number => (item.code === "limit.diagnostics" ? Number.MAX_SAFE_INTEGER : item.span.offset);
    return this.items.toSorted((a, b) => rank(a) - rank(b));
  }

  #add(severity: Diagnostic["severity"], code: ErrorCode, message: string, span: Span, help: string | null): void {
    if (this.#full) return;
    if (this.items.length >= this.#bound) {
      this.#full = true;
      this.items.push(
        this.#make("error", "limit.diagnostics", `more than ${this.#bound} diagnostics: the rest of the file was not read`, span, null),
      );
      return;
    }
    this.items.push(this.#make(severity, code, message, span, help));
  }

  #make(severity: Diagnostic["severity"], code: ErrorCode, message: string, span: Span, help: string | null): Diagnostic {
    return { code, severity, message, span, text: shortened(this.source.slice(span)), help: help ?? registry[code].help };
  }
}

/** The first units of `text`, never half of a surrogate pair. */
export function shortened(text: string): string {
  if (text.length <= TEXT_UNITS) return text;
  const cut = text.slice(0, TEXT_UNITS);
  const last = cut.charCodeAt(TEXT_UNITS - 1);
  return last >= 0xd800 && last <= 0xdbff ? cut.slice(0, -1) : cut;
}
