import type { Item, Program, Term } from "../ast.ts";
import type { AttributeDeclaration, ComponentRef, TypeItem } from "../ast_dl.ts";
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
      return documented(item.doc, `.type ${item.name} ${item.form === "subtype" ? "<:" : "="} ${printTypeBody(item)}`);
    case "relation": {
      const head = `.decl ${item.names.map((ref) => ref.name).join(", ")}(${printFields(item.attributes)})`;
      const domains = item.choices.map((domain) => `(${domain.map((ref) => ref.name).join(", ")})`);
      const choice = domains.length > 0 ? [`choice-domain ${domains.join(", ")}`] : [];
      return documented(item.doc, [head, ...item.qualifiers, ...choice].join(" "));
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
      const heads = item.heads.map((head) => printFormula(head, "whole")).join(item.form === "subsumption" ? " <= " : ", ");
      const body = item.body.length === 0 ? "" : ` :- ${printBody(item.body)}`;
      return documented(item.doc, `${heads}${body}.${item.plan === null ? "" : `\n  .plan ${item.plan}`}`);
    }
    case "const":
      return `#define ${item.name} ${printConstant(item.value)}`;
    case "component": {
      const bases = item.bases.length > 0 ? ` : ${item.bases.map(printComponentRef).join(", ")}` : "";
      const items = item.items.map((inner) => `${printItem(inner)}\n`).join("");
      return `.comp ${item.name}${angled(item.parameters)}${bases} {\n${items}}`;
    }
    case "init":
      return `.init ${item.name} = ${printComponentRef(item.of)}`;
    case "override":
      return `.override ${item.relation.name}`;
    case "show":
    case "external":
    case "optimize":
    case "per":
      throw new Error(`a ${item.kind} item has no form in .dl`);
  }
}

function printTypeBody({ form, of, branches }: TypeItem): string {
  if (form === "record") return branches.map(({ fields }) => `[${printFields(fields)}]`).join("");
  if (form === "algebraic") return branches.map(({ name, fields }) => `${name} {${printFields(fields)}}`).join(" | ");
  return of.map((ref) => ref.name).join(" | ");
}

function printFields(fields: readonly AttributeDeclaration[]): string {
  return fields.map((field) => `${field.name}:${field.type.name}`).join(", ");
}

function printComponentRef({ name, args }: ComponentRef): string {
  return `${name}${angled(args)}`;
}

function angled(names: readonly string[]): string {
  return names.length > 0 ? `<${names.join(", ")}>` : "";
}

function documented(doc: Parameters<typeof docLines>[0], text: string): string {
  return [...docLines(doc, "///"), text].join("\n");
}

function printConstant(value: Term): string {
  const text = printTerm(value);
  const isPlain = value.kind !== "operation" && value.kind !== "call" && !text.startsWith("-");
  return isPlain ? text : `(${text})`;
}
