import type { IrAggregate, IrLiteral, IrRule, IrTerm } from "../../language/ir.ts";

/**
 * The rule with the variables of each aggregate's element under names of their own: elements share with the rule only what `outer`
 * lists, and what else they name stands for itself. Constraints on clingo's side go by names alone.
 */
export function withUniqueLocals(rule: IrRule): IrRule {
  const counter = { elements: 0 };
  return rule.body.some(({ kind }) => kind === "aggregate")
    ? { ...rule, body: rule.body.map((literal) => renamedLiteral(literal, (name) => name, counter)) }
    : rule;
}

type Rename = (name: string) => string;

function renamedLiteral(literal: IrLiteral, rename: Rename, counter: { elements: number }): IrLiteral {
  const term = <T extends IrTerm>(one: T): T => renamedTerm(one, rename);
  switch (literal.kind) {
    case "atom":
      return { ...literal, args: literal.args.map((arg) => (arg === null ? null : term(arg))) };
    case "compare":
    case "test":
      return { ...literal, left: term(literal.left), right: term(literal.right) };
    case "range":
      return {
        ...literal,
        result: term(literal.result),
        from: term(literal.from),
        to: term(literal.to),
        step: literal.step === null ? null : term(literal.step),
      };
    case "aggregate":
      return {
        ...literal,
        result: term(literal.result),
        outer: literal.outer.map(rename),
        elements: literal.elements.map((element) => renamedElement(literal, element, rename, counter)),
      };
  }
}

function renamedElement(
  { outer }: IrAggregate,
  { keys, body }: IrAggregate["elements"][number],
  around: Rename,
  counter: { elements: number },
): IrAggregate["elements"][number] {
  counter.elements += 1;
  const tag = counter.elements;
  const rename: Rename = (name) => (outer.includes(name) ? around(name) : `${name} in ${tag}`);
  return {
    keys: keys.map((key) => renamedTerm(key, rename)),
    body: body.map((literal) => renamedLiteral(literal, rename, counter)),
  };
}

function renamedTerm<T extends IrTerm>(term: T, rename: Rename): T {
  if (term.kind === "variable") return { ...term, name: rename(term.name) };
  return term.kind === "operation" ? { ...term, args: term.args.map((arg) => renamedTerm(arg, rename)) } : term;
}
