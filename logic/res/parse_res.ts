import { AssayError } from "../../schema/assay_error.ts";
import { type Limits, limitsWith } from "../../schema/limits.ts";
import { type BinaryKind, FALSE, type Term, TRUE, termSize, withParts } from "./term.ts";

const BINARY: readonly string[] = ["and", "or", "=>"];
const RESERVED: ReadonlySet<string> = new Set(["true", "false", "and", "or", "=>", "sat", "trans", "def"]);

interface Token {
  readonly text: string;
  readonly offset: number;
}

/** An expression as written: an atom, or a list of expressions. */
type Form = { readonly token: Token; readonly list: null } | { readonly token: Token; readonly list: readonly Form[] };

/**
 * Reads a program of the relation expression syntax, `(def name term)* term`, and gives its term with the definitions put in the place
 * of their names. `and` and `or` take two or more terms and group to the right; `(stable p)` is `(trans (sat p))`. A definition may use those before it.
 * Errors: `res.syntax` with the place in the text, `limit.program_bytes`, `limit.program_depth`, `limit.res_terms`.
 */
export function parseRes(text: string, limits: Limits = limitsWith()): Term {
  if (Buffer.byteLength(text) > limits.program_bytes) {
    throw new AssayError("limit.program_bytes", `the expression has more than ${limits.program_bytes} bytes`);
  }
  const forms = readForms(text, limits);
  const definitions = new Map<string, Term>();
  const last = forms.at(-1);
  if (last === undefined) throw syntax(text, text.length, "there is no term");
  for (const form of forms.slice(0, -1)) define(form, definitions, text, limits);
  return termOf(last, definitions, text, limits);
}

function readForms(text: string, limits: Limits): Form[] {
  const top: Form[] = [];
  const open: { readonly token: Token; readonly list: Form[] }[] = [];
  for (const token of tokens(text)) {
    if (token.text === "(") {
      if (open.length >= limits.program_depth) {
        throw new AssayError(
          "limit.program_depth",
          `terms are nested deeper than ${limits.program_depth} levels`,
          placed(text, token.offset),
        );
      }
      open.push({ token, list: [] });
      continue;
    }
    const closed = token.text === ")" ? open.pop() : { token, list: null };
    if (closed === undefined) throw syntax(text, token.offset, "`)` closes nothing");
    (open.at(-1)?.list ?? top).push(closed);
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined) throw syntax(text, unclosed.token.offset, "`(` is never closed");
  return top;
}

function tokens(text: string): Token[] {
  return [...text.matchAll(/[()]|[^()\s]+/g)].map((match) => ({ text: match[0], offset: match.index }));
}

function define(form: Form, definitions: Map<string, Term>, text: string, limits: Limits): void {
  const [head, name, body, ...rest] = form.list ?? [];
  if (head?.token.text !== "def") throw syntax(text, form.token.offset, "before the last term only definitions stand, `(def name term)`");
  if (name === undefined || name.list !== null || body === undefined || rest.length > 0) {
    throw syntax(text, form.token.offset, "a definition reads `(def name term)`");
  }
  checkName(name.token, text);
  if (definitions.has(name.token.text)) throw syntax(text, name.token.offset, `\`${name.token.text}\` is defined twice`);
  definitions.set(name.token.text, termOf(body, definitions, text, limits));
}

function termOf(form: Form, definitions: ReadonlyMap<string, Term>, text: string, limits: Limits): Term {
  const term = expanded(read(form, text), definitions, limits);
  if (termSize(term) > limits.res_terms) throw tooLarge(limits);
  return term;
}

/** Puts definitions in the place of names, and stops where the term grows too large. */
function expanded(term: Term, definitions: ReadonlyMap<string, Term>, limits: Limits): Term {
  let grown = 0;
  const replace = (part: Term): Term => {
    if (part.kind !== "name") return withParts(part, replace);
    const found = definitions.get(part.name);
    if (found === undefined) return part;
    grown += termSize(found);
    if (grown > limits.res_terms) throw tooLarge(limits);
    return found;
  };
  return replace(term);
}

function tooLarge(limits: Limits): AssayError {
  return new AssayError("limit.res_terms", `with its definitions the expression has more than ${limits.res_terms} terms`);
}

function read(form: Form, text: string): Term {
  const { token, list } = form;
  if (list === null) {
    if (token.text === "true") return TRUE;
    if (token.text === "false") return FALSE;
    checkName(token, text);
    return { kind: "name", name: token.text };
  }
  const [head, ...parts] = list;
  if (head === undefined || head.list !== null) throw syntax(text, token.offset, "a term begins with `and`, `or`, `=>`, `sat` or `trans`");
  const operands = (): Term[] => parts.map((part) => read(part, text));
  const only = (): Term => {
    if (parts.length !== 1) throw syntax(text, token.offset, `\`${head.token.text}\` takes one term, not ${parts.length}`);
    return operands()[0] as Term;
  };
  switch (head.token.text) {
    case "sat":
      return { kind: "sat", of: only() };
    case "trans":
      return { kind: "trans", of: only() };
    case "stable":
      return { kind: "trans", of: { kind: "sat", of: only() } };
    default:
      return joined(head.token, operands(), text);
  }
}

/** `and` and `or` of several terms, grouped to the right; an implication has two. */
function joined(head: Token, operands: readonly Term[], text: string): Term {
  if (!BINARY.includes(head.text))
    throw syntax(text, head.offset, `\`${head.text}\` is no connective: there are \`and\`, \`or\`, \`=>\`, \`sat\` and \`trans\``);
  const fits = head.text === "=>" ? operands.length === 2 : operands.length >= 2;
  if (!fits)
    throw syntax(
      text,
      head.offset,
      `\`${head.text}\` takes ${head.text === "=>" ? "two terms" : "two terms or more"}, not ${operands.length}`,
    );
  return operands.reduceRight((right, left) => ({ kind: head.text as BinaryKind, left, right }));
}

function checkName(token: Token, text: string): void {
  if (RESERVED.has(token.text)) throw syntax(text, token.offset, `\`${token.text}\` is reserved and names nothing`);
  if (/^\d/.test(token.text)) throw syntax(text, token.offset, `\`${token.text}\` begins with a digit, as no name does`);
}

function syntax(text: string, offset: number, detail: string): AssayError {
  return new AssayError("res.syntax", detail, placed(text, offset));
}

/** A place in the expression: line and column, counted from 1. */
function placed(text: string, offset: number): { readonly place: string } {
  const before = text.slice(0, offset);
  return { place: `expression:${before.split("\n").length}:${offset - before.lastIndexOf("\n")}` };
}
