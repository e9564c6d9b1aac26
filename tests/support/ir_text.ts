import type { IrLiteral, IrRule, IrTerm } from "../../logic/language/ir.ts";

/** A rule of the intermediate form in one line, for tests to compare: types are left out, a wildcard is `_`. */
export function ruleText(rule: IrRule): string {
  const head = `${rule.head.relation}(${rule.head.args.map(termText).join(", ")})`;
  return rule.body.length === 0 ? head : `${head} :- ${bodyText(rule.body)}`;
}

function bodyText(body: readonly IrLiteral[]): string {
  return body.map(literalText).join(", ");
}

function literalText(literal: IrLiteral): string {
  switch (literal.kind) {
    case "atom":
      return `${literal.negated ? "!" : ""}${literal.relation}(${literal.args.map((arg) => (arg === null ? "_" : termText(arg))).join(", ")})`;
    case "compare":
      return `${termText(literal.left)} ${literal.op} ${termText(literal.right)}`;
    case "test":
      return `${literal.negated ? "!" : ""}${literal.test}(${termText(literal.left)}, ${termText(literal.right)})`;
    case "range":
      return `${termText(literal.result)} in ${termText(literal.from)}${literal.inclusive ? "..=" : ".."}${termText(literal.to)}`;
    case "aggregate": {
      const elements = literal.elements.map((element) => `${element.keys.map(termText).join(", ")} : ${bodyText(element.body)}`);
      return `${termText(literal.result)} = ${literal.op}[${literal.outer.join(" ")}] { ${elements.join(" ; ")} }`;
    }
    default:
      throw new Error("a closed union");
  }
}

function termText(term: IrTerm): string {
  if (term.kind === "variable") return term.name;
  if (term.kind === "constant") return typeof term.value === "string" ? JSON.stringify(term.value) : String(term.value);
  return `(${[term.op, ...term.args.map(termText)].join(" ")})`;
}
