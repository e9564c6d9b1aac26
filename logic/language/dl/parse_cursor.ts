import type { ErrorCode } from "../../../schema/errors.ts";
import type { Limits } from "../../../schema/limits.ts";
import type { Span } from "../../../schema/place.ts";
import type { Doc } from "../ast.ts";
import { type DiagnosticList, shortened } from "../diagnostic_list.ts";
import { docOf } from "../doc.ts";
import { Lexer, reportMarks } from "./lex.ts";
import type { Token } from "./lex_token.ts";

/** Leaves the item being read, after its diagnostic was reported. Caught by the loop over items, nowhere else. */
export class ParseFailure extends Error {
  override readonly name = "ParseFailure";
}

/** What one parse shares: the bounds, and the names that `#define` gave so far. */
export interface ParseContext {
  readonly diagnostics: DiagnosticList;
  readonly limits: Limits;
  readonly constants: Set<string>;
  /** Every name that was read as a variable. */
  readonly variables: Set<string>;
}

/** The parser's place in the token stream: looking ahead, taking, reporting, and going on behind an error. */
export class Cursor {
  readonly context: ParseContext;
  readonly #lexer: Lexer;
  readonly #ahead: Token[] = [];
  #depth = 0;
  #previousEnd = 0;
  #itemStart = 0;

  constructor(context: ParseContext, from: number, end: number) {
    this.context = context;
    this.#lexer = new Lexer(context.diagnostics, from, end);
    this.#previousEnd = from;
  }

  peek(ahead = 0): Token {
    while (this.#ahead.length <= ahead) this.#ahead.push(this.#next());
    const token = this.#ahead[ahead];
    if (token === undefined) throw new Error("the look-ahead is not filled");
    return token;
  }

  /** The next token behind annotations `@[…]`, which are for other tools and read past. */
  #next(): Token {
    const token = this.#lexer.next();
    if (token.text !== "@" || !/^@!?\[/u.test(this.context.diagnostics.source.text.slice(token.offset, token.offset + 3))) return token;
    let open = 0;
    let next = this.#lexer.next();
    for (; next.kind !== "end"; next = this.#lexer.next()) {
      if ("([{".includes(next.text)) open++;
      if (")]}".includes(next.text)) open--;
      if (open <= 0 && next.text !== "!") break;
    }
    if (next.kind === "end") this.error("syntax.unterminated", "an annotation has no `]`", this.tokenSpan(token));
    const behind = this.#next();
    return token.doc.length > 0 && behind.doc.length === 0 ? { ...behind, doc: token.doc } : behind;
  }

  /** Takes the next token. Marks above it are dangling unless `claimDoc` took them before. */
  take(): Token {
    const token = this.peek();
    this.#ahead.shift();
    this.#previousEnd = token.offset + token.length;
    if (token.doc.length > 0 && token.offset !== this.#itemStart) reportMarks(token.doc, this.context.diagnostics);
    return token;
  }

  /** Begins an item here; an error inside it resumes behind it. */
  beginItem(): void {
    this.#itemStart = this.peek().offset;
    this.#depth = 0;
  }

  /** The doc comment above the item that begins here. An item that takes none must call `refuseDoc`. */
  claimDoc(): Doc {
    return docOf(this.peek().doc, this.context.diagnostics.source);
  }

  refuseDoc(): void {
    reportMarks(this.peek().doc, this.context.diagnostics);
  }

  /** Whether the next token is this operator, reserved word or directive. */
  at(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.text === text && (token.kind === "punctuation" || token.kind === "word" || token.kind === "directive");
  }

  atEnd(): boolean {
    return this.peek().kind === "end";
  }

  /** Whether `token` follows the one before it without a space. */
  adjoins(token: Token, next: Token): boolean {
    return token.offset + token.length === next.offset;
  }

  accept(text: string): boolean {
    if (!this.at(text)) return false;
    this.take();
    return true;
  }

  /** Takes `text` or fails, saying `what` was expected. */
  expect(text: string, what = `\`${text}\``): Token {
    return this.at(text) ? this.take() : this.failExpected(what);
  }

  /** Takes a name or fails: a reserved word has a diagnostic of its own. */
  expectName(what: string): Token {
    const token = this.peek();
    if (token.kind === "word") return this.fail("syntax.reserved", `\`${token.text}\` is a reserved word, expected ${what}`, token);
    if (token.kind !== "name") return this.failExpected(what);
    if (this.context.constants.has(token.text)) {
      this.error("syntax.constant", `\`${token.text}\` is a constant by \`#define\`, expected ${what}`, this.tokenSpan(token));
    }
    return this.take();
  }

  failExpected(what: string, help: string | null = null): never {
    const token = this.peek();
    const found = token.kind === "end" ? "the end of the text" : `\`${shortened(this.written(token)).slice(0, 40)}\``;
    return this.fail("syntax.unexpected", `expected ${what}, found ${found}`, token, help);
  }

  fail(code: ErrorCode, message: string, token: Token, help: string | null = null): never {
    this.error(code, message, this.tokenSpan(token), help);
    throw new ParseFailure(code);
  }

  error(code: ErrorCode, message: string, span: Span, help: string | null = null): void {
    this.context.diagnostics.error(code, message, span, help);
  }

  written(token: Token): string {
    return this.context.diagnostics.source.text.slice(token.offset, token.offset + token.length);
  }

  tokenSpan(token: Token): Span {
    return this.context.diagnostics.source.span(token.offset, token.length);
  }

  /** The span from `start` to the end of the last token taken. */
  spanFrom(start: number): Span {
    return this.context.diagnostics.source.span(start, Math.max(this.#previousEnd - start, 0));
  }

  /** Reads something that nests, within `program_depth`. */
  nested<T>(read: () => T): T {
    if (this.#depth >= this.context.limits.program_depth) this.failDepth();
    this.#depth++;
    const result = read();
    this.#depth--;
    return result;
  }

  failDepth(): never {
    return this.fail("limit.program_depth", `nested deeper than ${this.context.limits.program_depth} levels`, this.peek());
  }

  /** Skips a bracket that opens here to the one that closes it, or to where an item must end. */
  skipBalanced(): void {
    let open = 0;
    do {
      if (this.#endsItem()) return;
      if (this.at("(") || this.at("[") || this.at("{")) open++;
      if (this.at(")") || this.at("]") || this.at("}")) open--;
      this.take();
    } while (open > 0);
  }

  /** Skips a block in braces, with all items inside it. */
  skipBlock(): void {
    let open = 0;
    do {
      if (this.at("{")) open++;
      if (this.at("}")) open--;
      if (this.atEnd()) return;
      this.take();
    } while (open > 0);
  }

  /** Skips to where the next item begins: behind a full stop that white space follows, or at a directive. */
  recover(): void {
    const stuck = this.peek().offset === this.#itemStart;
    if (stuck) {
      if (this.#isStop(this.peek())) {
        this.take();
        return;
      }
      this.take();
    }
    while (!this.atEnd()) {
      const token = this.peek();
      if (this.#isStop(token)) {
        this.take();
        return;
      }
      if (token.kind === "hash" || (token.kind === "directive" && token.text !== ".plan") || this.#beginsItem(token)) return;
      this.take();
    }
  }

  /** Whether a token at the left margin looks like the beginning of a rule, of a misspelt directive or of an annotation. */
  #beginsItem(token: Token): boolean {
    if (this.tokenSpan(token).column > 1) return false;
    const next = this.context.diagnostics.source.text.charAt(token.offset + 1);
    return token.kind === "name" || (token.text === "." && /[A-Za-z]/u.test(next)) || (token.text === "@" && next === "[");
  }

  #endsItem(): boolean {
    const token = this.peek();
    return token.kind === "end" || token.kind === "directive" || token.kind === "hash" || this.#isStop(token);
  }

  #isStop(token: Token): boolean {
    if (token.kind !== "punctuation" || token.text !== ".") return false;
    const next = this.context.diagnostics.source.text.charAt(token.offset + 1);
    return next === "" || next === "/" || /\s/u.test(next);
  }
}
