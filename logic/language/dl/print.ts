import type { Item, Program, Term } from "../ast.ts";
import { docLines } from "../doc.ts";
import { quoteString } from "./lex_string.ts";
import { printBody, printFormula } from "./print_formula.ts";
import { printTerm } from "./print_term.ts";

/**
 * Prints a program in Soufflé's dialect. Parsing the text gives the same program up to spans. The program must be of that
 * dialect: a node that only `.lp` has is an error.
 */
export function printDl(program: Program): string {
  return program.items.map((item) => `${printItem(item)}\n`).join("");
}

function printItem(item: Item): string {
  switch (item.kind) {
    case "type":
      return documented(
        item.doc,
        `.type ${item.name} ${item.form === "subtype" ? "<:" : "="} ${item.of.map((ref) => ref.name).join(" | ")}`,
      );
    case "relation": {
      const attributes = item.attributes.map((attribute) => `${attribute.name}:${attribute.type.name}`).join(", ");
      const head = `.decl ${item.names.map((ref) => ref.name).join(", ")}(${attributes})`;
      return documented(item.doc, [head, ...item.qualifiers].join(" "));
    }
    case "directive": {
      const parameters = item.parameters.map(({ name, value }) => `${name}=${quoteString(value)}`).join(", ");
      return `.${item.directive} ${item.relations.map((ref) => ref.name).join(", ")}${parameters === "" ? "" : `(${parameters})`}`;
    }
    case "pragma":
      return [".pragma", ...item.words.map(quoteString)].join(" ");
    case "include":
      return item.once ? ".once" : `.include ${quoteString(item.file)}`;
    case "rule": {
      const heads = item.heads.map((head) => printFormula(head, "whole")).join(", ");
      const body = item.body.length === 0 ? "" : ` :- ${printBody(item.body)}`;
      return documented(item.doc, `${heads}${body}.${item.plan === null ? "" : `\n  .plan ${item.plan}`}`);
    }
    case "const":
      return `#define ${item.name} ${printConstant(item.value)}`;
    case "show":
    case "external":
    case "optimize":
      throw new Error(`a ${item.kind} item has no form in .dl`);
  }
}

function documented(doc: Parameters<typeof docLines>[0], text: string): string {
  return [...docLines(doc, "///"), text].join("\n");
}

function printConstant(value: Term): string {
  const text = printTerm(value);
  const isPlain = value.kind !== "operation" && value.kind !== "call" && !text.startsWith("-");
  return isPlain ? text : `(${text})`;
}
