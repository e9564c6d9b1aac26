import type { Token } from "./tokens.ts";
import type { SourceFile } from "./tree.ts";

export interface FunctionSpan {
  readonly line: number;
  readonly lines: number;
  /** The word directly before the callback's call, `describe` in `describe("…", () => {…})`; empty elsewhere. */
  readonly callee: string;
}

const CLOSES: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}", "${": "}" };
const STATEMENTS = new Set(["if", "for", "while", "switch", "catch", "with", "await"]);
/** Behind these a brace continues a type; behind anything else it opens the body. */
const TYPE_CONTINUES = new Set([":", "|", "&", "<", ",", "=>", "is", "extends", "keyof", "readonly", "?"]);

/** Every function of a file that has a body: declarations, methods, accessors, arrows with a block or an expression. */
export function functionsOf(file: SourceFile): FunctionSpan[] {
  const code = file.tokens.filter((token) => token.kind !== "comment");
  const partner = brackets(code);
  return code.flatMap((token, index) => {
    if (token.kind !== "punctuation") return [];
    if (token.text === "=>") return [arrow(code, partner, index)].filter((span) => span !== null);
    if (token.text === ")") return [declared(code, partner, index)].filter((span) => span !== null);
    return [];
  });
}

/** The index of the matching bracket for each bracket. */
function brackets(code: readonly Token[]): Map<number, number> {
  const partner = new Map<number, number>();
  const open: number[] = [];
  code.forEach((token, index) => {
    if (token.kind !== "punctuation") return;
    if (CLOSES[token.text] !== undefined) open.push(index);
    const start = open.at(-1);
    if (start === undefined || CLOSES[code[start]?.text ?? ""] !== token.text) return;
    open.pop();
    partner.set(start, index);
    partner.set(index, start);
  });
  return partner;
}

function arrow(code: readonly Token[], partner: ReadonlyMap<number, number>, index: number): FunctionSpan | null {
  const body = index + 1;
  const end = code[body]?.text === "{" ? partner.get(body) : expressionEnd(code, partner, body);
  const start = parameterStart(code, partner, index);
  return end === undefined ? null : span(code, start, end, calleeOf(code, partner, start));
}

/** Where the parameters before an arrow begin; a return type between them is at most a few tokens and kept on the same line. */
function parameterStart(code: readonly Token[], partner: ReadonlyMap<number, number>, index: number): number {
  const close = index - 1;
  return code[close]?.text === ")" ? (partner.get(close) ?? close) : close;
}

function expressionEnd(code: readonly Token[], partner: ReadonlyMap<number, number>, from: number): number {
  let at = from;
  while (at < code.length) {
    const text = code[at]?.kind === "punctuation" ? code[at]?.text : "";
    if (text === "," || text === ";" || text === ")" || text === "]" || text === "}") return at - 1;
    at = (text !== undefined && CLOSES[text] !== undefined ? (partner.get(at) ?? at) : at) + 1;
  }
  return code.length - 1;
}

function declared(code: readonly Token[], partner: ReadonlyMap<number, number>, close: number): FunctionSpan | null {
  const open = partner.get(close);
  if (open === undefined || STATEMENTS.has(code[open - 1]?.text ?? "")) return null;
  const body = code[close + 1]?.text === ":" ? behindType(code, partner, close + 2) : close + 1;
  const end = code[body]?.text === "{" ? partner.get(body) : undefined;
  return end === undefined ? null : span(code, open, end, "");
}

/** The index of the brace that opens the body behind a return type, or of the token that shows there is none. */
function behindType(code: readonly Token[], partner: ReadonlyMap<number, number>, from: number): number {
  let at = from;
  for (;;) {
    const here = code[at];
    if (here === undefined || here.text === ";" || here.text === "=" || here.text === ")" || here.text === "}") return at;
    if (here.text === "{" && at > from && !TYPE_CONTINUES.has(code[at - 1]?.text ?? "")) return at;
    at = (CLOSES[here.text] === undefined ? at : (partner.get(at) ?? at)) + 1;
  }
}

function calleeOf(code: readonly Token[], partner: ReadonlyMap<number, number>, start: number): string {
  for (let at = start - 1; at > 0; at -= 1) {
    const text = code[at]?.text;
    if (text === "(" && code[at]?.kind === "punctuation") return code[at - 1]?.text ?? "";
    if (text === ";" || text === "{") return "";
    if ((text === ")" || text === "]" || text === "}") && partner.has(at)) at = partner.get(at) as number;
  }
  return "";
}

function span(code: readonly Token[], start: number, end: number, callee: string): FunctionSpan {
  const line = code[start]?.line ?? 0;
  return { line, lines: (code[end]?.line ?? line) - line + 1, callee };
}
