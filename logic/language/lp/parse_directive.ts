import type { ConstItem, ExternalItem, IncludeItem, Item, OptimizeItem, ShowItem, Term } from "../ast.ts";
import { didYouMean } from "../did_you_mean.ts";
import { atomOf, parseBody, parseCondition } from "./parse_literal.ts";
import { parseTerm } from "./parse_term.ts";
import { parseWeight } from "./parse_weight.ts";
import type { Token } from "./token.ts";
import type { TokenReader } from "./token_reader.ts";

/** What clingo knows and this dialect leaves out, with the reason. */
const unsupported: Readonly<Record<string, string>> = {
  "#project": "projection steers enumeration, which no verdict needs",
  "#heuristic": "heuristics steer clingo's search",
  "#edge": "write acyclicity as a constraint over a recursive relation",
  "#theory": "theory atoms belong to clingo's extensions",
  "#defined": "every relation is derived by a rule, or declared by `%! @input name(attribute:type, …)` or a `.decl`",
};

const known = ["#const", "#show", "#include", "#external", "#minimize", "#maximize", "#program"];

/** Reads a statement that begins with `#`, its `.` included. Null for `#program base.`, which says nothing. */
export function parseDirective(reader: TokenReader): Item | null {
  const word = reader.next();
  switch (word.text) {
    case "#const":
      return parseConst(reader, word);
    case "#show":
      return parseShow(reader, word);
    case "#include":
      return parseInclude(reader, word);
    case "#external":
      return parseExternal(reader, word);
    case "#minimize":
    case "#minimise":
      return parseOptimize(reader, word, "minimize");
    case "#maximize":
    case "#maximise":
      return parseOptimize(reader, word, "maximize");
    case "#program":
      return parseProgram(reader, word);
    default:
      return rejectDirective(reader, word);
  }
}

function rejectDirective(reader: TokenReader, word: Token): never {
  const reason = Object.hasOwn(unsupported, word.text) ? unsupported[word.text] : undefined;
  if (reason !== undefined) reader.reject("syntax.unsupported", `\`${word.text}\``, reader.spanOf(word), reason);
  if (/^#(?:count|sum\+?|min|max)$/.test(word.text)) reader.reject("lp.clingo_only", "an aggregate in a head", reader.spanOf(word), null);
  const help = didYouMean(word.text, known, `the directives are ${known.map((name) => `\`${name}\``).join(" ")}`);
  return reader.reject("syntax.unknown_directive", `there is no directive \`${word.text}\``, reader.spanOf(word), help);
}

function parseConst(reader: TokenReader, start: Token): ConstItem {
  const name = reader.peek();
  if (name.kind !== "identifier") return reader.unexpected("a constant's name");
  reader.next();
  reader.expect("=");
  const value = parseTerm(reader);
  reader.expect(".");
  if (reader.is("[")) {
    const bracket = reader.next();
    const word = reader.next();
    reader.expect("]");
    if (word.text !== "default")
      reader.reject("syntax.unsupported", "a constant's precedence", reader.spanFrom(bracket), "define each constant once");
  }
  return { kind: "const", name: name.text, value, span: reader.spanFrom(start) };
}

function parseShow(reader: TokenReader, start: Token): ShowItem {
  const show = { kind: "show", predicate: null, term: null, body: [] } as const;
  if (reader.take(".")) return { ...show, span: reader.spanFrom(start) };
  const [name, slash, arity, end] = [reader.peek(0), reader.peek(1), reader.peek(2), reader.peek(3)];
  if (name.kind === "identifier" && slash.text === "/" && arity.kind === "number" && end.text === ".") {
    for (let taken = 0; taken < 4; taken++) reader.next();
    return { ...show, predicate: { name: name.text, arity: Number(arity.text) }, span: reader.spanFrom(start) };
  }
  const term: Term = parseTerm(reader);
  const body = reader.take(":") ? parseBody(reader) : [];
  reader.expect(".");
  return { ...show, term, body, span: reader.spanFrom(start) };
}

function parseInclude(reader: TokenReader, start: Token): IncludeItem {
  if (reader.is("<"))
    reader.reject(
      "syntax.unsupported",
      "a file of clingo's own is included",
      reader.spanOf(reader.peek()),
      'name a file of the theory: `#include "rules.lp".`',
    );
  const file = reader.peek();
  if (file.kind !== "string") return reader.unexpected("a file's name in quotes");
  reader.next();
  reader.expect(".");
  return { kind: "include", file: file.text, once: true, span: reader.spanFrom(start) };
}

function parseExternal(reader: TokenReader, start: Token): ExternalItem {
  const atom = atomOf(reader, parseTerm(reader));
  const body = reader.take(":") ? parseBody(reader) : [];
  reader.expect(".");
  if (reader.take("[")) {
    parseTerm(reader);
    reader.expect("]");
  }
  return { kind: "external", atom, body, span: reader.spanFrom(start) };
}

function parseOptimize(reader: TokenReader, start: Token, form: "minimize" | "maximize"): OptimizeItem {
  reader.expect("{");
  const elements: OptimizeItem["elements"][number][] = [];
  if (!reader.is("}")) {
    do elements.push({ ...parseWeight(reader), condition: parseCondition(reader) });
    while (reader.take(";"));
  }
  reader.expect("}");
  reader.expect(".");
  return { kind: "optimize", form, elements, span: reader.spanFrom(start) };
}

function parseProgram(reader: TokenReader, start: Token): null {
  const part = reader.peek();
  if (!reader.isWord("base")) {
    reader.reject("lp.clingo_only", "a program part other than `base`", reader.spanOf(part.kind === "end" ? start : part), null);
  }
  reader.next();
  if (reader.take("(")) reader.expect(")");
  reader.expect(".");
  return null;
}
