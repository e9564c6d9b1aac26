import { limits } from "../../../schema/limits.ts";
import { spanText } from "../../../schema/place.ts";
import type { Atom, ConstItem, Formula, Guard, Item, RuleItem, Term } from "../ast.ts";
import type { DiagnosticSink } from "../diagnostic_sink.ts";
import { printTerm } from "./print_term.ts";
import { termsWithin } from "./walk.ts";

/** What each `#const` name stands for, other names put in. */
export type Constants = ReadonlyMap<string, Term>;

/** A value that was put together of others may not grow past this, or definitions that double each other would never end. */
const VALUE_TERMS = 1_000;

/** Reads all `#const` items, in any order. Faults are reported and their names stand for themselves. */
export function readConstants(items: readonly ConstItem[], sink: DiagnosticSink): Constants {
  const written = new Map<string, ConstItem>();
  for (const item of items) {
    const first = written.get(item.name);
    if (first === undefined) written.set(item.name, item);
    else fault(item, `\`${item.name}\` is defined at ${spanText(first.span)} and again here`, sink);
  }
  const values = new Map<string, Term>();
  const state = new Map<string, "open" | "closed">();
  for (const name of written.keys()) resolve(name, written, values, state, sink);
  return values;
}

function fault(item: ConstItem, message: string, sink: DiagnosticSink): void {
  sink.error("lp.constant", { span: item.span, text: item.name }, message, "define each constant once, by a ground term");
}

/** Depth first, on a stack of its own: chains of definitions may be long. */
function resolve(
  start: string,
  written: ReadonlyMap<string, ConstItem>,
  values: Map<string, Term>,
  state: Map<string, "open" | "closed">,
  sink: DiagnosticSink,
): void {
  const stack = [start];
  for (let name = stack.at(-1); name !== undefined; name = stack.at(-1)) {
    const item = written.get(name);
    if (item === undefined || state.get(name) === "closed") {
      stack.pop();
      continue;
    }
    const needed = [...termsWithin(item.value)].flatMap((term) => (term.kind === "constant" && written.has(term.name) ? [term.name] : []));
    const waiting = needed.filter((other) => state.get(other) !== "closed");
    if (state.get(name) === "open" || waiting.length === 0) {
      state.set(name, "closed");
      stack.pop();
      if (waiting.length > 0) fault(item, `\`${name}\` is defined by itself`, sink);
      else close(item, values, sink);
    } else {
      state.set(name, "open");
      stack.push(...waiting);
    }
  }
}

function close(item: ConstItem, values: Map<string, Term>, sink: DiagnosticSink): void {
  const { terms, height } = measure(item.value, values);
  const strange = [...termsWithin(item.value)].find((term) => ["variable", "wildcard", "pool", "interval"].includes(term.kind));
  if (strange !== undefined) fault(item, `\`${printTerm(strange)}\` is no one value`, sink);
  else if (terms > VALUE_TERMS || height > limits.program_depth.value) fault(item, `the value of \`${item.name}\` grows too large`, sink);
  else values.set(item.name, withConstants(item.value, values));
}

function measure(term: Term, values: Constants): { terms: number; height: number } {
  let terms = 0;
  let height = 0;
  const stack: { term: Term; depth: number }[] = [{ term, depth: 1 }];
  for (let top = stack.pop(); top !== undefined && terms <= VALUE_TERMS; top = stack.pop()) {
    const found = top.term.kind === "constant" ? (values.get(top.term.name) ?? top.term) : top.term;
    terms++;
    height = Math.max(height, top.depth);
    for (const part of found.kind === "function" || found.kind === "operation" ? found.args : [])
      stack.push({ term: part, depth: top.depth + 1 });
  }
  return { terms, height };
}

/** The term with every constant's name replaced. */
export function withConstants(term: Term, constants: Constants): Term {
  switch (term.kind) {
    case "constant": {
      const value = constants.get(term.name);
      return value === undefined ? term : { ...value, span: term.span };
    }
    case "function":
    case "operation":
      return { ...term, args: term.args.map((arg) => withConstants(arg, constants)) };
    case "pool":
      return { ...term, of: term.of.map((member) => withConstants(member, constants)) };
    case "interval":
      return { ...term, from: withConstants(term.from, constants), to: withConstants(term.to, constants) };
    default:
      return term;
  }
}

/** The rule with every constant's name replaced. */
export function ruleWithConstants(item: RuleItem, constants: Constants): RuleItem {
  if (constants.size === 0) return item;
  const heads = item.heads.map((head) => atomWithConstants(head, constants));
  const { choice } = item;
  const body = bodyWithConstants(item.body, constants);
  if (choice === null) return { ...item, heads, body };
  const elements = choice.elements.map(({ atom, condition }) => ({
    atom: atomWithConstants(atom, constants),
    condition: bodyWithConstants(condition, constants),
  }));
  const guard = (one: Guard | null): Guard | null => (one === null ? null : { ...one, term: withConstants(one.term, constants) });
  return { ...item, heads, body, choice: { elements, left: guard(choice.left), right: guard(choice.right) } };
}

/** Any item with every constant's name replaced. */
export function itemWithConstants(item: Item, constants: Constants): Item {
  if (item.kind === "rule") return ruleWithConstants(item, constants);
  if (item.kind === "external") {
    return { ...item, atom: atomWithConstants(item.atom, constants), body: bodyWithConstants(item.body, constants) };
  }
  if (item.kind !== "optimize") return item;
  const elements = item.elements.map((element) => ({
    weight: withConstants(element.weight, constants),
    priority: element.priority === null ? null : withConstants(element.priority, constants),
    terms: element.terms.map((term) => withConstants(term, constants)),
    condition: bodyWithConstants(element.condition, constants),
  }));
  return { ...item, elements };
}

function atomWithConstants(atom: Atom, constants: Constants): Atom {
  return { ...atom, args: atom.args.map((arg) => withConstants(arg, constants)) };
}

function bodyWithConstants(body: readonly Formula[], constants: Constants): Formula[] {
  return body.map((formula) => formulaWithConstants(formula, constants));
}

function formulaWithConstants(formula: Formula, constants: Constants): Formula {
  const term = (one: Term): Term => withConstants(one, constants);
  const guard = (one: Guard | null): Guard | null => (one === null ? null : { ...one, term: term(one.term) });
  switch (formula.kind) {
    case "atom":
      return { ...formula, args: formula.args.map(term) };
    case "not":
      return { ...formula, of: formulaWithConstants(formula.of, constants) };
    case "compare":
      return { ...formula, left: term(formula.left), right: term(formula.right) };
    case "aggregate_literal": {
      const elements = formula.elements.map((element) => ({
        ...element,
        terms: element.terms.map(term),
        condition: element.condition.map((part) => formulaWithConstants(part, constants)),
      }));
      return { ...formula, left: guard(formula.left), right: guard(formula.right), elements };
    }
    case "conditional":
      return {
        ...formula,
        literal: formulaWithConstants(formula.literal, constants),
        condition: bodyWithConstants(formula.condition, constants),
      };
    default:
      return formula;
  }
}
