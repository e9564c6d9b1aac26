/** A token of TypeScript source. Strings and templates carry their text without quotes; a template's `${}` parts are tokens of their own. */
export interface Token {
  readonly kind: "word" | "number" | "string" | "template" | "regex" | "comment" | "punctuation";
  readonly text: string;
  readonly line: number;
}

const WORD = /[A-Za-z_$#@][\w$]*/y;
const NUMBER = /\d[\w.]*/y;
const PUNCTUATION = /=>|\.\.\.|\?\.|\?\?|&&|\|\||[^\s\w]/y;
/** After these words a slash begins a regular expression; after any other word it divides. */
const BEFORE_REGEX = new Set(["return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "do", "else", "await", "yield"]);

/**
 * Splits source into tokens, comments included. Sound for code that the compiler accepts; it follows ECMA-262's lexical grammar
 * but tells a regular expression from a division by the token before it, as every scanner without a parser must.
 */
export function tokens(source: string): Token[] {
  return new Scanner(source).all();
}

class Scanner {
  readonly #source: string;
  readonly #tokens: Token[] = [];
  #at = 0;
  #line = 1;

  constructor(source: string) {
    this.#source = source;
  }

  all(): Token[] {
    this.#code(false);
    return this.#tokens;
  }

  /** Scans code; inside a template it stops behind the brace that closes its `${`. */
  #code(inTemplate: boolean): void {
    let depth = 0;
    while (this.#at < this.#source.length) {
      const here = this.#source[this.#at] as string;
      if (/\s/.test(here)) this.#skip(1);
      else if (this.#source.startsWith("//", this.#at)) this.#until("\n", "comment");
      else if (this.#source.startsWith("#!", this.#at) && this.#at === 0) this.#until("\n", "comment");
      else if (this.#source.startsWith("/*", this.#at)) this.#until("*/", "comment");
      else if (here === '"' || here === "'") this.#quoted(here);
      else if (here === "`") this.#template();
      else if (here === "/" && this.#regexMayStart()) this.#regex();
      else if (this.#match(WORD, "word") || this.#match(NUMBER, "number")) continue;
      else {
        this.#match(PUNCTUATION, "punctuation");
        if (here === "{") depth += 1;
        if (here === "}" && inTemplate && depth === 0) return;
        if (here === "}") depth -= 1;
      }
    }
  }

  #skip(length: number): void {
    for (let end = this.#at + length; this.#at < end; this.#at += 1) if (this.#source[this.#at] === "\n") this.#line += 1;
  }

  #push(kind: Token["kind"], length: number, text = this.#source.slice(this.#at, this.#at + length)): void {
    this.#tokens.push({ kind, text, line: this.#line });
    this.#skip(length);
  }

  #match(pattern: RegExp, kind: Token["kind"]): boolean {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#source);
    if (found === null) return false;
    this.#push(kind, found[0].length);
    return true;
  }

  #until(end: string, kind: Token["kind"]): void {
    const found = this.#source.indexOf(end, this.#at + 2);
    this.#push(kind, (found < 0 ? this.#source.length : found + (end === "\n" ? 0 : end.length)) - this.#at);
  }

  #quoted(quote: string): void {
    let end = this.#at + 1;
    while (end < this.#source.length && this.#source[end] !== quote) end += this.#source[end] === "\\" ? 2 : 1;
    this.#push("string", end + 1 - this.#at, this.#source.slice(this.#at + 1, end));
  }

  #template(): void {
    this.#skip(1);
    let start = this.#at;
    for (;;) {
      const here = this.#source[this.#at];
      if (here === undefined || here === "`" || this.#source.startsWith("${", this.#at)) {
        this.#tokens.push({ kind: "template", text: this.#source.slice(start, this.#at), line: this.#line });
        if (here !== "$") {
          this.#skip(1);
          return;
        }
        this.#push("punctuation", 2);
        this.#code(true);
        start = this.#at;
      } else this.#skip(here === "\\" ? 2 : 1);
    }
  }

  #regexMayStart(): boolean {
    const last = this.#tokens.findLast((token) => token.kind !== "comment");
    if (last === undefined) return true;
    if (last.kind === "word") return BEFORE_REGEX.has(last.text);
    return last.kind === "punctuation" && last.text !== ")" && last.text !== "]" && last.text !== "}";
  }

  #regex(): void {
    let end = this.#at + 1;
    for (let inClass = false; end < this.#source.length; end += 1) {
      const here = this.#source[end];
      if (here === "\\") end += 1;
      else if (here === "[") inClass = true;
      else if (here === "]") inClass = false;
      else if (here === "/" && !inClass) break;
    }
    end += 1;
    while (/[a-z]/.test(this.#source[end] ?? "")) end += 1;
    this.#push("regex", end - this.#at);
  }
}
