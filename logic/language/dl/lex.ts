import { limits } from "../../../schema/limits.ts";
import type { DiagnosticList } from "../diagnostic_list.ts";
import { type DocLine, markOf } from "../doc.ts";
import { stringEnd, stringValue } from "./lex_string.ts";
import type { Token, TokenKind } from "./lex_token.ts";
import { directiveWords, reservedWords } from "./lex_words.ts";

const NAME = /[A-Za-z_?][A-Za-z0-9_?]*/y;
const FLOAT = /[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+/y;
const INTEGER = /(?:0x[0-9a-fA-F]+|0b[01]+|[0-9]+)u?/y;
const ADDRESS = /[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}/y;
const PUNCTUATION = /:-|<:|<=|>=|!=|[|[\]$+\-(),:;.=!*/^%{}<>@]/y;
const SPACE = /(?:[ \t\n\r\v\f]|\\\r?\n)+/y;
const STARTS_TOKEN = /[A-Za-z0-9_?"|[\]$+\-(),:;.=!*/^%{}<>@ \t\n\r\v\f]/u;

const noLines: readonly DocLine[] = [];

/**
 * Reads Soufflé's dialect token by token, without ever failing: what begins no token is reported and skipped.
 * Follows the rules of Soufflé's scanner, but that a string ends on its line and floats may have an exponent.
 */
export class Lexer {
  readonly #text: string;
  readonly #end: number;
  readonly #diagnostics: DiagnosticList;
  #at: number;
  #doc: DocLine[] = [];

  /** Reads `from` (included) to `end` (excluded) of the list's source. */
  constructor(diagnostics: DiagnosticList, from: number, end: number) {
    this.#diagnostics = diagnostics;
    this.#text = diagnostics.source.text;
    this.#at = from === 0 && this.#text.startsWith("\uFEFF") ? 1 : from;
    this.#end = end;
  }

  /** The next token; at the end of the text `end`, again and again. */
  next(): Token {
    for (;;) {
      this.#skipTrivia();
      const offset = this.#at;
      if (offset >= this.#end) return this.#token("end", offset, "");
      const first = this.#text.charCodeAt(offset);
      if (first === 34) return this.#string();
      if (first >= 48 && first <= 57) return this.#number();
      const name = this.#match(NAME);
      if (name !== null) return this.#nameToken(name);
      if (first === 35 && this.#startsLine(offset)) return this.#hash();
      if (first === 46) return this.#dot();
      const punctuation = this.#match(PUNCTUATION);
      if (punctuation !== null) return this.#token("punctuation", offset, punctuation);
      this.#skipUnknown();
    }
  }

  /** Matches a sticky pattern here, inside the window. */
  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = (pattern.exec(this.#text)?.[0] ?? "").slice(0, Math.max(this.#end - this.#at, 0));
    return found === "" ? null : found;
  }

  #token(kind: TokenKind, offset: number, written: string, value: string = written): Token {
    this.#at = offset + written.length;
    const doc = this.#doc.length > 0 ? this.#doc : noLines;
    if (doc !== noLines) this.#doc = [];
    return { kind, text: value, offset, length: written.length, doc };
  }

  #nameToken(name: string): Token {
    const offset = this.#at;
    if (name === "_") return this.#token("punctuation", offset, name);
    const whole = name === "choice" && this.#text.startsWith("choice-domain", offset) ? "choice-domain" : name;
    return this.#token(reservedWords.has(whole) ? "word" : "name", offset, whole);
  }

  #dot(): Token {
    const offset = this.#at;
    this.#at = offset + 1;
    const word = this.#match(NAME);
    const isDirective = word !== null && directiveWords.has(word) && !/[.(]/u.test(this.#text.charAt(offset + 1 + word.length));
    return isDirective ? this.#token("directive", offset, `.${word}`) : this.#token("punctuation", offset, ".");
  }

  #number(): Token {
    const offset = this.#at;
    const address = this.#match(ADDRESS);
    if (address !== null) {
      return this.#address(offset, address);
    }
    const float = this.#match(FLOAT);
    const written = float ?? this.#match(INTEGER) ?? "";
    this.#at = offset + written.length;
    const rest = this.#match(NAME);
    if (rest !== null) return this.#malformed(offset, written + rest);
    if (written.length > limits.number_digits.value) {
      const span = this.#diagnostics.source.span(offset, written.length);
      this.#diagnostics.error("limit.number_digits", `a number literal has ${written.length} characters`, span);
      return this.#token("integer", offset, written, "0");
    }
    if (float !== null && !Number.isFinite(Number(float))) return this.#malformed(offset, float);
    return this.#token(float !== null ? "float" : written.endsWith("u") ? "unsigned" : "integer", offset, written);
  }

  /** `10.0.0.1` is the number of its four bytes. */
  #address(offset: number, written: string): Token {
    const bytes = written.split(".").map(Number);
    if (bytes.some((byte) => byte > 255)) return this.#malformed(offset, written);
    return this.#token("integer", offset, written, String(bytes.reduce((value, byte) => value * 256 + byte, 0)));
  }

  #malformed(offset: number, written: string): Token {
    const span = this.#diagnostics.source.span(offset, written.length);
    this.#diagnostics.error("syntax.number", `\`${written.slice(0, 40)}\` is not a number`, span);
    return this.#token("integer", offset, written, "0");
  }

  #string(): Token {
    const offset = this.#at;
    const { end, closed } = stringEnd(this.#text, offset, this.#end);
    const span = this.#diagnostics.source.span(offset, end - offset);
    if (!closed) this.#diagnostics.error("syntax.unterminated", "a string is not closed on its line", span);
    const value = stringValue(this.#text.slice(offset + 1, closed ? end - 1 : end), offset + 1, this.#diagnostics);
    if (value.length > limits.symbol_bytes.value || Buffer.byteLength(value) > limits.symbol_bytes.value) {
      this.#diagnostics.error("limit.symbol_bytes", `a string is larger than ${limits.symbol_bytes.value} bytes`, span);
    }
    return this.#token("string", offset, this.#text.slice(offset, end), value);
  }

  /** A preprocessor line whole; a backslash before its line break goes on to the next line. */
  #hash(): Token {
    const offset = this.#at;
    let end = this.#lineEnd(offset);
    while (end < this.#end && this.#text.charCodeAt(end - 1) === 92) {
      end = this.#lineEnd(end + (this.#text.startsWith("\r\n", end) ? 2 : 1));
    }
    return this.#token("hash", offset, this.#text.slice(offset, end));
  }

  #skipUnknown(): void {
    const offset = this.#at;
    while (this.#at < this.#end && (this.#at === offset || !STARTS_TOKEN.test(this.#text.charAt(this.#at)))) this.#at++;
    const span = this.#diagnostics.source.span(offset, this.#at - offset);
    const shown = this.#text.slice(offset, Math.min(this.#at, offset + 20));
    this.#diagnostics.error("syntax.character", `\`${shown}\` begins no word of the language`, span);
  }

  #skipTrivia(): void {
    for (;;) {
      const space = this.#match(SPACE);
      if (space !== null) {
        this.#at += space.length;
        if (this.#doc.length > 0 && hasBlankLine(space)) this.#dropDoc();
      } else if (this.#text.startsWith("//", this.#at) && this.#at < this.#end) this.#lineComment();
      else if (this.#text.startsWith("/*", this.#at) && this.#at < this.#end) this.#blockComment();
      else return;
    }
  }

  /** `///` begins a doc line; `////` and what follows code on its line are plain comments. */
  #lineComment(): void {
    const offset = this.#at;
    const end = this.#lineEnd(offset);
    this.#at = end;
    if (!this.#text.startsWith("///", offset) || this.#text.charAt(offset + 3) === "/") return;
    const line = { text: this.#text.slice(offset + 3, end), offset: offset + 3 };
    if (this.#startsLine(offset)) this.#doc.push(line);
    else reportMarks([line], this.#diagnostics);
  }

  #blockComment(): void {
    const offset = this.#at;
    const close = this.#text.indexOf("*/", offset + 2);
    const closed = close >= 0 && close + 2 <= this.#end;
    this.#at = closed ? close + 2 : this.#end;
    if (!closed) this.#diagnostics.error("syntax.unterminated", "a comment has no `*/`", this.#diagnostics.source.span(offset, 2));
  }

  #dropDoc(): void {
    reportMarks(this.#doc, this.#diagnostics);
    this.#doc = [];
  }

  #lineEnd(from: number): number {
    let end = from;
    while (end < this.#end && this.#text.charCodeAt(end) !== 10 && this.#text.charCodeAt(end) !== 13) end++;
    return end;
  }

  /** Whether only blanks stand before `offset` on its line. */
  #startsLine(offset: number): boolean {
    let index = offset - 1;
    while (index >= 0 && /[ \t\v\f\uFEFF]/u.test(this.#text.charAt(index))) index--;
    return index < 0 || /[\n\r]/u.test(this.#text.charAt(index));
  }
}

function hasBlankLine(space: string): boolean {
  return (space.match(/\r\n|\n|\r/gu)?.length ?? 0) > 1;
}

/** Reports the marks of doc lines that no item takes. */
export function reportMarks(lines: readonly DocLine[], diagnostics: DiagnosticList): void {
  for (const line of lines) {
    const mark = markOf(line, diagnostics.source);
    if (mark !== null) diagnostics.error("syntax.dangling_mark", `\`@${mark.name}\` marks no declaration and no rule`, mark.span);
  }
}
