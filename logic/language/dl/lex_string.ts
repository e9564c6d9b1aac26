import type { DiagnosticList } from "../diagnostic_list.ts";

/** What stands for each escape's letter, as in Soufflé. */
const escapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["'", "'"],
  ["\\", "\\"],
  ["a", "\u0007"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["v", "\v"],
]);

/** The escape that a character is written as. */
const escapeOf: ReadonlyMap<string, string> = new Map(
  [...escapes].filter(([letter]) => letter !== "'").map(([letter, value]) => [value, `\\${letter}`]),
);

/**
 * The offset behind a string literal that opens at `offset`, and whether a quote closed it. A literal ends on its line; one
 * that is not closed ends where the line does.
 */
export function stringEnd(text: string, offset: number, limit: number): { end: number; closed: boolean } {
  let index = offset + 1;
  while (index < limit) {
    const unit = text.charCodeAt(index);
    if (unit === 34) return { end: index + 1, closed: true };
    if (unit === 10 || unit === 13) break;
    const escaped = unit === 92 ? text.charCodeAt(index + 1) : 10;
    index += escaped === 10 || escaped === 13 ? 1 : 2;
  }
  return { end: Math.min(index, limit), closed: false };
}

/** What a literal's inside, which begins at `offset`, denotes. An unknown escape is reported and stands for its letter. */
export function stringValue(inside: string, offset: number, diagnostics: DiagnosticList): string {
  const value = inside.includes("\\") ? withoutEscapes(inside, offset, diagnostics) : inside;
  if (value.includes("\0") || !value.isWellFormed()) {
    const what = value.includes("\0") ? "NUL" : "half of a surrogate pair";
    diagnostics.error("syntax.symbol_character", `a string holds ${what}`, diagnostics.source.span(offset, inside.length));
  }
  return value;
}

function withoutEscapes(inside: string, offset: number, diagnostics: DiagnosticList): string {
  const parts: string[] = [];
  let from = 0;
  for (let at = inside.indexOf("\\"); at >= 0; at = inside.indexOf("\\", from)) {
    const letter = String.fromCodePoint(inside.codePointAt(at + 1) ?? 0x5c);
    const value = escapes.get(letter);
    if (value === undefined) {
      diagnostics.error("syntax.escape", `unknown escape \`\\${letter}\``, diagnostics.source.span(offset + at, 1 + letter.length));
    }
    parts.push(inside.slice(from, at), value ?? letter);
    from = at + 1 + letter.length;
  }
  parts.push(inside.slice(from));
  return parts.join("");
}

/** A string as a literal of the language. */
export function quoteString(value: string): string {
  return `"${value.replace(/["\\\p{Cc}]/gu, (unit) => escapeOf.get(unit) ?? unit)}"`;
}
