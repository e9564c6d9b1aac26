import type { ErrorCode } from "../../../schema/errors.ts";
import { limits } from "../../../schema/limits.ts";
import type { Span } from "../../../schema/place.ts";
import type { Term } from "../ast.ts";
import type { DiagnosticList } from "../diagnostic_list.ts";
import type { Token } from "./token.ts";

/** Thrown by `TokenReader.reject`, which has reported the reason; caught where statements are read one by one. */
export class StatementRejected extends Error {
  override readonly name = "StatementRejected";
}

/** A cursor over tokens. Bounds how deep terms nest, so that no input exhausts the stack of a reader of the syntax tree. */
export class TokenReader {
  readonly diagnostics: DiagnosticList;
  readonly #tokens: readonly Token[];
  readonly #heights = new WeakMap<Term, number>();
  #index = 0;
  #statement = 0;
  #depth = 0;

  constructor(diagnostics: DiagnosticList, tokens: readonly Token[]) {
    this.diagnostics = diagnostics;
    this.#tokens = tokens;
  }

  peek(ahead = 0): Token {
    const token = this.#tokens[Math.min(this.#index + ahead, this.#tokens.length - 1)];
    if (token === undefined) throw new Error("a token list ends with an end token");
    return token;
  }

  /** Takes the next token; at the end it stays there. */
  next(): Token {
    const token = this.peek();
    if (token.kind !== "end") this.#index++;
    return token;
  }

  /** Whether the token `ahead` is this symbol or directive. */
  is(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return (token.kind === "symbol" || token.kind === "directive") && token.text === text;
  }

  isWord(word: string): boolean {
    const token = this.peek();
    return token.kind === "identifier" && token.text === word;
  }

  /** Takes this symbol or directive where it is next. */
  take(text: string): boolean {
    const found = this.is(text);
    if (found) this.#index++;
    return found;
  }

  expect(text: string): Token {
    if (!this.is(text)) this.unexpected(`\`${text}\``);
    return this.next();
  }

  /** Rejects the next token, saying what was looked for. */
  unexpected(wanted: string): never {
    const token = this.peek();
    const found = token.kind === "end" ? "the end of the file" : `\`${this.#written(token)}\``;
    this.reject("syntax.unexpected", `found ${found} where ${wanted} should stand`, this.spanOf(token), null);
  }

  /** Reports why the statement at hand cannot be read, and gives it up. */
  reject(code: ErrorCode, message: string, span: Span, help: string | null): never {
    this.diagnostics.error(code, message, span, help);
    throw new StatementRejected(message);
  }

  spanOf(token: Token): Span {
    return this.diagnostics.source.span(token.offset, token.length);
  }

  /** From `start` to the end of the token taken last. */
  spanFrom(start: Token): Span {
    const last = this.#tokens[Math.max(this.#index - 1, 0)] ?? start;
    return this.diagnostics.source.span(start.offset, Math.max(last.offset + last.length - start.offset, 0));
  }

  /** Runs `read` one level deeper. */
  nested<T>(read: () => T): T {
    this.#depth++;
    try {
      if (this.#depth > limits.program_depth.value) this.#tooDeep(this.spanOf(this.peek()));
      return read();
    } finally {
      this.#depth--;
    }
  }

  /** Notes the height of a term just built from `parts`, and hands it on. */
  built<T extends Term>(term: T, parts: readonly Term[]): T {
    let height = 0;
    for (const part of parts) height = Math.max(height, this.#heights.get(part) ?? 0);
    if (height + 1 > limits.program_depth.value) this.#tooDeep(term.span);
    this.#heights.set(term, height + 1);
    return term;
  }

  /** Marks the next token as the first of a statement. */
  beginStatement(): void {
    this.#statement = this.#index;
  }

  /** Skips to behind the `.` that ends the statement at hand. */
  skipStatement(): void {
    while (this.peek().kind !== "end") {
      const last = this.#index > this.#statement ? this.peek(-1) : null;
      if (last?.kind === "symbol" && last.text === ".") return;
      this.next();
    }
  }

  #tooDeep(span: Span): never {
    this.reject(
      "limit.program_depth",
      `a term nests deeper than ${limits.program_depth.value} levels`,
      span,
      "split the term over several rules",
    );
  }

  #written(token: Token): string {
    return this.diagnostics.source.slice(this.spanOf(token)).slice(0, 40);
  }
}
