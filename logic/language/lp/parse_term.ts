import type { Operator, Term } from "../ast.ts";
import type { Token } from "./token.ts";
import type { TokenReader } from "./token_reader.ts";

/** How binary operators bind, loosest first, as in gringo's grammar (libgringo/src/input/nongroundgrammar.yy). */
export const LEVEL = { "..": 1, "^": 2, "?": 3, "&": 4, "+": 5, "-": 5, "*": 6, "/": 6, "\\": 6, "**": 7 } as const;
export const UNARY_LEVEL = 8;

const operatorOf: Readonly<Record<string, Operator>> = {
  "^": "bxor",
  "?": "bor",
  "&": "band",
  "+": "+",
  "-": "-",
  "*": "*",
  "/": "/",
  "\\": "%",
  "**": "^",
};

/** Reads one term. Pools may stand anywhere in it. */
export function parseTerm(reader: TokenReader): Term {
  return reader.nested(() => parseBinary(reader, LEVEL[".."]));
}

/** Whether a term can begin at the next token. */
export function beginsTerm(reader: TokenReader): boolean {
  const token = reader.peek();
  if (token.kind === "directive") return token.text === "#inf" || token.text === "#sup";
  if (token.kind === "symbol") return ["(", "-", "~", "|", "@"].includes(token.text);
  return token.kind !== "end" && !reader.isWord("not");
}

function parseBinary(reader: TokenReader, lowest: number): Term {
  const start = reader.peek();
  let left = parseUnary(reader);
  for (;;) {
    const token = reader.peek();
    const level = token.kind === "symbol" && Object.hasOwn(LEVEL, token.text) ? LEVEL[token.text as keyof typeof LEVEL] : 0;
    if (level === 0 || level < lowest) return left;
    reader.next();
    const right = reader.nested(() => parseBinary(reader, token.text === "**" ? level : level + 1));
    left = combine(reader, start, token.text, left, right);
  }
}

function combine(reader: TokenReader, start: Token, symbol: string, left: Term, right: Term): Term {
  const span = reader.spanFrom(start);
  if (symbol === "..") return reader.built({ kind: "interval", from: left, to: right, span }, [left, right]);
  const op = operatorOf[symbol];
  if (op === undefined) throw new Error(`no operator behind ${symbol}`);
  return reader.built({ kind: "operation", op, args: [left, right], span }, [left, right]);
}

/** A minus directly before a literal is part of the number; elsewhere it is an operation. */
function parseUnary(reader: TokenReader): Term {
  const start = reader.peek();
  if (reader.take("-")) {
    const token = reader.peek();
    if (token.kind === "number") {
      reader.next();
      return { kind: "integer", value: -BigInt(token.text), text: `-${token.text}`, span: reader.spanFrom(start) };
    }
    const of = reader.nested(() => parseUnary(reader));
    return reader.built({ kind: "operation", op: "-", args: [of], span: reader.spanFrom(start) }, [of]);
  }
  if (reader.take("~")) {
    const of = reader.nested(() => parseUnary(reader));
    return reader.built({ kind: "operation", op: "bnot", args: [of], span: reader.spanFrom(start) }, [of]);
  }
  return parsePrimary(reader);
}

function parsePrimary(reader: TokenReader): Term {
  const token = reader.peek();
  switch (token.kind) {
    case "number":
      reader.next();
      return { kind: "integer", value: BigInt(token.text), text: token.text, span: reader.spanOf(token) };
    case "string":
      reader.next();
      return { kind: "string", value: token.text, span: reader.spanOf(token) };
    case "variable":
      reader.next();
      return { kind: "variable", name: token.text, span: reader.spanOf(token) };
    case "wildcard":
      reader.next();
      return { kind: "wildcard", span: reader.spanOf(token) };
    case "identifier":
      if (token.text === "not") return reader.unexpected("a term");
      reader.next();
      return reader.is("(") ? parseFunction(reader, token) : { kind: "constant", name: token.text, span: reader.spanOf(token) };
    case "directive":
      if (token.text !== "#inf" && token.text !== "#sup") return reader.unexpected("a term");
      reader.next();
      return { kind: "constant", name: token.text, span: reader.spanOf(token) };
    default:
      return parseBracketed(reader);
  }
}

function parseFunction(reader: TokenReader, name: Token): Term {
  const args = parseArguments(reader);
  const span = reader.spanFrom(name);
  if (args.length === 0) return { kind: "constant", name: name.text, span };
  return reader.built({ kind: "function", name: name.text, args, span }, args);
}

/** Reads `(…)` behind a name: one list of arguments, or several that make a pool. */
export function parseArguments(reader: TokenReader): Term[] {
  reader.expect("(");
  const members: Term[] = [];
  for (;;) {
    const start = reader.peek();
    const args: Term[] = [];
    if (!reader.is(")") && !reader.is(";")) {
      do args.push(parseTerm(reader));
      while (reader.take(","));
    }
    if (members.length === 0 && reader.take(")")) return args;
    const only = args.length === 1 ? args[0] : undefined;
    members.push(only ?? reader.built({ kind: "function", name: ";", args, span: reader.spanFrom(start) }, args));
    if (reader.take(";")) continue;
    reader.expect(")");
    return [pool(reader, members, start)];
  }
}

/** `(t)`, tuples, pools in parentheses and `|t|`. */
function parseBracketed(reader: TokenReader): Term {
  const start = reader.peek();
  if (reader.take("@")) {
    reader.reject("syntax.unsupported", "`@` calls a script", reader.spanOf(start), "keep to rules: scripts are neither run nor checked");
  }
  if (reader.take("|")) {
    const members = [parseTerm(reader)];
    while (reader.take(";")) members.push(parseTerm(reader));
    const of = pool(reader, members, start);
    reader.expect("|");
    return reader.built({ kind: "operation", op: "abs", args: [of], span: reader.spanFrom(start) }, [of]);
  }
  if (!reader.take("(")) return reader.unexpected("a term");
  const members: Term[] = [];
  do members.push(parseMember(reader));
  while (reader.take(";"));
  reader.expect(")");
  return pool(reader, members, start);
}

/** One alternative in parentheses: a term, or a tuple where a comma stands. */
function parseMember(reader: TokenReader): Term {
  const start = reader.peek();
  const args: Term[] = [];
  let comma = false;
  while (!reader.is(")") && !reader.is(";")) {
    args.push(parseTerm(reader));
    comma = reader.take(",");
    if (!comma) break;
  }
  const only = args.length === 1 && !comma ? args[0] : undefined;
  return only ?? reader.built({ kind: "function", name: "", args, span: reader.spanFrom(start) }, args);
}

function pool(reader: TokenReader, members: readonly Term[], start: Token): Term {
  const only = members.length === 1 ? members[0] : undefined;
  return only ?? reader.built({ kind: "pool", of: members, span: reader.spanFrom(start) }, members);
}
