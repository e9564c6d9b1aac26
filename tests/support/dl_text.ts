import type { Formula, Item, Term } from "../../logic/language/ast.ts";
import { parseDl } from "../../logic/language/dl/parse.ts";
import { parseQuery } from "../../logic/language/dl/parse_query.ts";
import { withoutSpans } from "./lp_arbitrary.ts";

/** The codes of a text's diagnostics, in order, each with what it is about. */
export function codesOf(text: string): string[] {
  return parseDl("test.dl", text).diagnostics.map((one) => `${one.code} ${one.span.line}:${one.span.column} ${one.text}`);
}

/** The items of a text that must have no error. */
export function itemsOf(text: string): readonly Item[] {
  const { program, diagnostics } = parseDl("test.dl", text);
  const errors = diagnostics.filter((one) => one.severity === "error");
  if (errors.length > 0) throw new Error(errors.map((one) => `${one.code}: ${one.message}`).join("\n"));
  return program.items;
}

/** The body that a text is, without spans. */
export function bodyOf(text: string): readonly Formula[] {
  const { body, diagnostics } = parseQuery(text);
  if (body === null) throw new Error(diagnostics.map((one) => `${one.code}: ${one.message}`).join("\n"));
  return withoutSpans(body);
}

/** The term that a text is, with every operation in brackets and prefix form. */
export function shape(text: string): string {
  const [formula] = bodyOf(`${text} = 0`);
  if (formula?.kind !== "compare") throw new Error(`${text} is no term`);
  return shapeOf(formula.left);
}

function shapeOf(term: Term): string {
  if (term.kind === "operation") return `(${term.op} ${term.args.map(shapeOf).join(" ")})`;
  if (term.kind === "integer" || term.kind === "unsigned" || term.kind === "float") return term.text;
  if (term.kind === "call") return `${term.functor}[${term.args.map(shapeOf).join(" ")}]`;
  if (term.kind === "aggregate") return `${term.op}{${term.target === null ? "" : shapeOf(term.target)}}`;
  return term.kind === "variable" || term.kind === "constant" ? term.name : term.kind;
}
