import type { Atom, Choice, Comparison, Doc, Formula, Guard, Item, OptimizeItem, RuleItem } from "../ast.ts";
import { contrary } from "./contrary.ts";
import { parseDirective } from "./parse_directive.ts";
import { atomOf, onlyLiteral, parseBody, parseCondition, parseLiteral, parseRightGuard, takeComparison } from "./parse_literal.ts";
import { parseTerm } from "./parse_term.ts";
import { parseWeight } from "./parse_weight.ts";
import type { Token } from "./token.ts";
import type { TokenReader } from "./token_reader.ts";

/** Reads one statement with its `.`. Null where it says nothing that the syntax tree keeps (`#program base.`). */
export function parseStatement(reader: TokenReader, doc: Doc): Item | null {
  const start = reader.peek();
  if (reader.take(":-")) return rule(reader, start, doc, { form: "constraint", heads: [], body: parseBody(reader) });
  if (reader.take(":~")) return parseWeak(reader, start);
  if (start.kind === "directive" && !["#true", "#false", "#inf", "#sup"].includes(start.text)) return parseDirective(reader);
  if (reader.is("{")) return parseChoice(reader, start, doc, null);
  return parseHeaded(reader, start, doc);
}

interface RuleParts {
  readonly form: RuleItem["form"];
  readonly heads: readonly Atom[];
  readonly choice?: Choice;
  readonly body: readonly Formula[];
}

function rule(reader: TokenReader, start: Token, doc: Doc, parts: RuleParts): RuleItem {
  reader.expect(".");
  return { kind: "rule", choice: null, plan: null, doc, span: reader.spanFrom(start), ...parts };
}

function parseHeaded(reader: TokenReader, start: Token, doc: Doc): RuleItem {
  if (reader.isWord("not") || reader.is("#true") || reader.is("#false")) return parseLiteralHead(reader, start, doc, parseLiteral(reader));
  const term = parseTerm(reader);
  const op = takeComparison(reader);
  if (reader.is("{")) return parseChoice(reader, start, doc, { op: op ?? "<=", term });
  if (reader.peek().kind === "directive") reader.reject("lp.clingo_only", "an aggregate in a head", reader.spanOf(reader.peek()), null);
  if (op !== null) {
    const right = parseTerm(reader);
    return parseLiteralHead(reader, start, doc, [{ kind: "compare", op, left: term, right, span: reader.spanFrom(start) }]);
  }
  const heads = [atomOf(reader, term)];
  while (reader.take(";") || reader.take("|") || reader.take(",")) heads.push(parseHeadAtom(reader));
  if (reader.is(":")) reader.reject("lp.clingo_only", "a conditional literal in a head", reader.spanFrom(start), null);
  const body = reader.take(":-") ? parseBody(reader) : [];
  return rule(reader, start, doc, { form: heads.length > 1 ? "disjunction" : "normal", heads, body });
}

function parseHeadAtom(reader: TokenReader): Atom {
  const start = reader.peek();
  const literal = onlyLiteral(reader, parseLiteral(reader));
  if (literal.kind === "atom") return literal;
  return reader.reject("lp.clingo_only", "a disjunction of other than atoms", reader.spanFrom(start), null);
}

/** A head that is a comparison, a negation or a truth value forbids its contrary: gringo reads `not a :- b.` as `:- b, not not a.` */
function parseLiteralHead(reader: TokenReader, start: Token, doc: Doc, literals: readonly Formula[]): RuleItem {
  const head = onlyLiteral(reader, literals);
  if (reader.is(";") || reader.is("|") || reader.is(",") || reader.is(":")) {
    reader.reject("lp.clingo_only", "a disjunction of other than atoms", reader.spanFrom(start), null);
  }
  const body = reader.take(":-") ? parseBody(reader) : [];
  return rule(reader, start, doc, { form: "constraint", heads: [], body: [...body, ...forbidden(head)] });
}

/** What must not hold together with the body so that `head` holds. */
function forbidden(head: Formula): Formula[] {
  if (head.kind === "boolean") return head.value ? [{ ...head, value: false }] : [];
  if (head.kind === "compare") return [{ ...head, op: contrary[head.op] } satisfies Comparison];
  if (head.kind === "not" && head.of.kind === "not") return [head.of];
  return [{ kind: "not", of: head, span: head.span }];
}

function parseChoice(reader: TokenReader, start: Token, doc: Doc, left: Guard | null): RuleItem {
  reader.expect("{");
  const elements: Choice["elements"][number][] = [];
  if (!reader.is("}")) {
    do {
      const atom = atomOf(reader, parseTerm(reader));
      elements.push({ atom, condition: parseCondition(reader) });
    } while (reader.take(";"));
  }
  reader.expect("}");
  const right = parseRightGuard(reader);
  const body = reader.take(":-") ? parseBody(reader) : [];
  return rule(reader, start, doc, { form: "choice", heads: [], choice: { elements, left, right }, body });
}

/** `:~ body. [weight@priority, terms]`. */
function parseWeak(reader: TokenReader, start: Token): OptimizeItem {
  const condition = parseBody(reader);
  reader.expect(".");
  reader.expect("[");
  const { weight, priority, terms } = parseWeight(reader);
  reader.expect("]");
  return { kind: "optimize", form: "weak", elements: [{ weight, priority, terms, condition }], span: reader.spanFrom(start) };
}
