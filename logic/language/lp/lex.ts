import { limits } from "../../../schema/limits.ts";
import type { DiagnosticList } from "../diagnostic_list.ts";
import { markOf } from "../doc.ts";
import type { DocComment, Token } from "./token.ts";

/** What a text falls into: tokens, the last of which is `end`, and its `%!` lines. */
export interface Lexed {
  readonly tokens: readonly Token[];
  readonly docs: readonly DocComment[];
}

const BLANK = /[ \t\r\n\f\v\ufeff]+/y;
const LINE_COMMENT = /%(?!\*)[^\r\n]*/y;
const WORD = /[A-Za-z_'][A-Za-z0-9_']*/y;
const NUMBER = /(?:0x[0-9A-Fa-f]+|0o[0-7]+|0b[01]+|0|[1-9][0-9]*)(?![A-Za-z0-9_])/y;
const BAD_NUMBER = /[0-9][A-Za-z0-9_]*/y;
const DIRECTIVE = /#(?:sum\+|[A-Za-z]+)/y;
const SYMBOL = /:-|:~|\.\.|\*\*|<=|>=|!=|==|<>|[.,;:()[\]{}+\-*/\\&?^~|<>=@]/y;
/** A stretch that begins no token is reported once, not once a character. */
const STRANGE = /[^\s"#%A-Za-z0-9_'.,;:()[\]{}+\-*/\\&?^~|<>=@]+|[\s\S]/y;
const BLANK_LINE_FOLLOWS = /(?:\r\n|\r|\n)[ \t\f\v]*(?=[\r\n])/y;

/** Splits a text of clingo's dialect into tokens. Never fails: what is no token is reported and skipped. */
export function lex(diagnostics: DiagnosticList): Lexed {
  return new Lexer(diagnostics).run();
}

class Lexer {
  readonly #diagnostics: DiagnosticList;
  readonly #text: string;
  readonly #tokens: Token[] = [];
  readonly #docs: DocComment[] = [];
  #at = 0;

  constructor(diagnostics: DiagnosticList) {
    this.#diagnostics = diagnostics;
    this.#text = diagnostics.source.text;
  }

  run(): Lexed {
    while (this.#at < this.#text.length && !this.#diagnostics.full) this.#step();
    this.#tokens.push({ kind: "end", text: "", offset: this.#text.length, length: 0 });
    return { tokens: this.#tokens, docs: this.#docs };
  }

  #step(): void {
    if (this.#match(BLANK) !== null) return;
    const start = this.#at;
    if (this.#text.startsWith("%*", start)) this.#blockComment();
    else if (this.#text.startsWith("%", start)) this.#lineComment(start);
    else if (this.#text.startsWith("#script", start)) this.#script();
    else if (this.#text.startsWith('"', start)) this.#string(start);
    else
      this.#word(start) ||
        this.#number(start) ||
        this.#sign("directive", DIRECTIVE, start) ||
        this.#sign("symbol", SYMBOL, start) ||
        this.#reject(start);
  }

  #sign(kind: Token["kind"], pattern: RegExp, start: number): boolean {
    const text = this.#match(pattern);
    if (text !== null) this.#push(kind, text, start);
    return text !== null;
  }

  /** Reports what nothing else reads. */
  #reject(start: number): boolean {
    this.#match(STRANGE);
    this.#report("syntax.character", "nothing in this language begins like this", start, null);
    return true;
  }

  /** A broken number still counts as one, so that its statement reads on. */
  #number(start: number): boolean {
    const digits = this.#match(NUMBER);
    const readable = digits !== null && digits.length <= limits.number_digits.value;
    if (digits === null) {
      if (this.#match(BAD_NUMBER) === null) return false;
      this.#report("syntax.number", "this is not an integer", start, "integers are `42`, `0x2a`, `0o52` and `0b101010`");
    } else if (!readable) this.#report("limit.number_digits", `a number of more than ${limits.number_digits.value} digits`, start, null);
    this.#push("number", readable ? digits : "0", start);
    return true;
  }

  #word(start: number): boolean {
    const word = this.#match(WORD);
    if (word === null) return false;
    const first = word.replace(/^[_']+/, "").charAt(0);
    if (word === "_") this.#push("wildcard", word, start);
    else if (/[A-Z]/.test(first)) this.#push("variable", word, start);
    else if (/[a-z]/.test(first)) this.#push("identifier", word, start);
    else
      this.#report(
        "syntax.character",
        "this is neither a name nor a variable",
        start,
        "the first letter of a name is a lower-case one, of a variable an upper-case one",
      );
    return true;
  }

  /** A string may not leave its line. A broken one still counts as a string, so that its statement reads on. */
  #string(start: number): void {
    let end = start + 1;
    while (end < this.#text.length && !/["\r\n]/.test(this.#text.charAt(end))) {
      end += this.#text[end] === "\\" && !/[\r\n]/.test(this.#text.charAt(end + 1)) ? 2 : 1;
    }
    end = Math.min(end, this.#text.length);
    const body = this.#text.slice(start + 1, end);
    this.#at = this.#text[end] === '"' ? end + 1 : end;
    if (this.#at === end) this.#report("syntax.unterminated", "a string ends on no quote", start, null);
    else if (body.replace(/\\[\\n"]/g, "").includes("\\")) {
      this.#report("syntax.escape", "a string holds an escape that clingo does not know", start, 'the escapes are `\\\\`, `\\n` and `\\"`');
    }
    if (body.includes("\0") || !body.isWellFormed()) {
      this.#report("syntax.symbol_character", "a string holds NUL or half of a surrogate pair", start, null);
    }
    const value = body.replace(/\\(.)/g, (_whole, escaped: string) => (escaped === "n" ? "\n" : escaped));
    this.#push("string", value, start);
  }

  /** Comments nest, as clingo's do. */
  #blockComment(): void {
    const start = this.#at;
    let depth = 0;
    const edge = /%\*|\*%/g;
    edge.lastIndex = start;
    for (let found = edge.exec(this.#text); found !== null; found = edge.exec(this.#text)) {
      depth += found[0] === "%*" ? 1 : -1;
      if (depth > 0) continue;
      this.#at = edge.lastIndex;
      return;
    }
    this.#at = this.#text.length;
    this.#report("syntax.unterminated", "a comment is not closed", start, "close it with `*%`", 2);
  }

  #lineComment(start: number): void {
    const comment = this.#match(LINE_COMMENT) ?? "";
    if (!comment.startsWith("%!")) return;
    const line = { text: comment.slice(2), offset: start + 2 };
    if (!this.#isFirstOnLine(start)) {
      const isMark = markOf(line, this.#diagnostics.source) !== null;
      if (isMark) this.#report("syntax.dangling_mark", "a mark stands behind what it is about", start, "put it on a line of its own above");
      return;
    }
    BLANK_LINE_FOLLOWS.lastIndex = this.#at;
    this.#docs.push({ ...line, detached: BLANK_LINE_FOLLOWS.test(this.#text) });
  }

  #isFirstOnLine(offset: number): boolean {
    let at = offset - 1;
    while (this.#text[at] === " " || this.#text[at] === "\t") at--;
    return at < 0 || this.#text[at] === "\n" || this.#text[at] === "\r";
  }

  /** `#script (lua) … #end.` holds another language: reported and skipped whole. */
  #script(): void {
    const start = this.#at;
    const end = this.#text.indexOf("#end", start);
    this.#at = end < 0 ? this.#text.length : end + "#end".length;
    this.#match(/\s*\./y);
    this.#report(
      "syntax.unsupported",
      "a script is embedded",
      start,
      "keep to rules: scripts are neither run nor checked",
      "#script".length,
    );
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return null;
    this.#at = pattern.lastIndex;
    return found[0];
  }

  #push(kind: Token["kind"], text: string, start: number): void {
    this.#tokens.push({ kind, text, offset: start, length: this.#at - start });
  }

  #report(
    code: Parameters<DiagnosticList["error"]>[0],
    message: string,
    start: number,
    help: string | null,
    length = this.#at - start,
  ): void {
    this.#diagnostics.error(code, message, this.#diagnostics.source.span(start, length), help);
  }
}
