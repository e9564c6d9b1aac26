import type { AggregateLiteral, Choice, Formula, Guard, Item, OptimizeItem, Program, RuleItem, ShowItem, Term } from "../ast.ts";
import { docLines } from "../doc.ts";
import { printArguments, printString, printTerm } from "./print_term.ts";

/** A program in clingo's dialect: reading it back gives the same items, up to spans. Nodes that only `.dl` has are a broken invariant. */
export function printLp(program: Program): string {
  return program.items.map((item) => `${printItem(item)}\n`).join("");
}

function printItem(item: Item): string {
  switch (item.kind) {
    case "rule":
      return [...docLines(item.doc, "%!"), printRule(item)].join("\n");
    case "relation": {
      const attributes = item.attributes.map((attribute) => `${attribute.name}:${attribute.type.name}`).join(", ");
      return [...docLines(item.doc, "%!"), `%! @input ${item.names[0]?.name ?? ""}(${attributes})`].join("\n");
    }
    case "per":
      return `%! @per ${item.relation}(${item.key.join(", ")})`;
    case "const":
      return `#const ${item.name} = ${printTerm(item.value)}.`;
    case "show":
      return printShow(item);
    case "include":
      return `#include ${printString(item.file)}.`;
    case "external":
      return `#external ${printFormula(item.atom)}${printList(" : ", item.body)}.`;
    case "optimize":
      return printOptimize(item);
    default:
      throw new Error(`clingo's dialect has no ${item.kind} item`);
  }
}

function printRule(item: RuleItem): string {
  if (item.form === "constraint") return `:- ${printBody(item.body)}.`;
  const head = item.choice === null ? item.heads.map(printFormula).join(" ; ") : printChoice(item.choice);
  return `${head}${printList(" :- ", item.body)}.`;
}

function printChoice(choice: Choice): string {
  const elements = choice.elements.map((element) => `${printFormula(element.atom)}${printCondition(" : ", element.condition)}`);
  return printGuarded(choice.left, `{ ${elements.join(" ; ")} }`, choice.right);
}

function printShow(item: ShowItem): string {
  if (item.predicate !== null) return `#show ${item.predicate.name}/${item.predicate.arity}.`;
  if (item.term === null) return "#show.";
  const term = printTerm(item.term);
  const signature = item.term.kind === "operation" && item.term.op === "/" && item.body.length === 0;
  return `#show ${signature ? `(${term})` : term}${printList(" : ", item.body)}.`;
}

function printOptimize(item: OptimizeItem): string {
  const elements = item.elements.map((element) => {
    const weight = `${printTerm(element.weight)}${element.priority === null ? "" : `@${printTerm(element.priority)}`}`;
    return { weight: [weight, ...element.terms.map(printTerm)].join(", "), condition: element.condition };
  });
  if (item.form === "weak") {
    const only = elements[0];
    return `:~ ${printBody(only?.condition ?? [])}. [${only?.weight ?? "0"}]`;
  }
  return `#${item.form} { ${elements.map(({ weight, condition }) => `${weight}${printCondition(" : ", condition)}`).join(" ; ")} }.`;
}

/** `lead` and the body, or nothing where it is empty. */
function printList(lead: string, body: readonly Formula[]): string {
  return body.length === 0 ? "" : `${lead}${printBody(body)}`;
}

/** A conditional literal takes every comma behind it, so a semicolon ends it. */
function printBody(body: readonly Formula[]): string {
  return body
    .map((formula, index) => `${printFormula(formula)}${index === body.length - 1 ? "" : formula.kind === "conditional" ? "; " : ", "}`)
    .join("");
}

function printCondition(lead: string, condition: readonly Formula[]): string {
  return condition.length === 0 ? "" : `${lead}${condition.map(printFormula).join(", ")}`;
}

/** A body literal in clingo's dialect. */
export function printFormula(formula: Formula): string {
  switch (formula.kind) {
    case "atom":
      return `${formula.relation}${printArguments(formula.args)}`;
    case "not":
      return `not ${printFormula(formula.of)}`;
    case "compare":
      return `${printTerm(formula.left)} ${formula.op} ${printTerm(formula.right)}`;
    case "boolean":
      return formula.value ? "#true" : "#false";
    case "aggregate_literal":
      return printGuarded(formula.left, `#${formula.op} { ${formula.elements.map(printElement).join(" ; ")} }`, formula.right);
    case "conditional":
      return `${printFormula(formula.literal)} : ${formula.condition.map(printFormula).join(", ")}`;
    default:
      throw new Error(`clingo's dialect has no ${formula.kind} formula`);
  }
}

function printElement(element: AggregateLiteral["elements"][number]): string {
  const terms = element.terms.map((term: Term) => printTerm(term)).join(", ");
  const condition = printCondition(" : ", element.condition);
  return terms === "" && condition === "" ? ":" : `${terms}${condition}`;
}

function printGuarded(left: Guard | null, middle: string, right: Guard | null): string {
  const before = left === null ? "" : `${printTerm(left.term)} ${left.op} `;
  const after = right === null ? "" : ` ${right.op} ${printTerm(right.term)}`;
  return `${before}${middle}${after}`;
}
