import type { DirectiveItem, IncludeItem, NameRef } from "../ast.ts";
import type { PragmaItem } from "../ast_dl.ts";
import type { Cursor } from "./parse_cursor.ts";
import { parseQualifiedName } from "./parse_formula.ts";

/** `.input a, b(IO=file, delimiter="\t")`, `.output`, `.printsize`, `.limitsize`. */
export function parseDirective(cursor: Cursor, directive: DirectiveItem["directive"]): DirectiveItem {
  const start = cursor.take();
  const relations: NameRef[] = [];
  do relations.push(parseQualifiedName(cursor, "a relation"));
  while (cursor.accept(","));
  const parameters: DirectiveItem["parameters"][number][] = [];
  if (cursor.accept("(") && !cursor.accept(")")) {
    do parameters.push(parseParameter(cursor));
    while (cursor.accept(","));
    cursor.expect(")", "`,` or `)`");
  }
  return { kind: "directive", directive, relations, parameters, span: cursor.spanFrom(start.offset) };
}

function parseParameter(cursor: Cursor): DirectiveItem["parameters"][number] {
  const name = cursor.expectName("a parameter's name");
  cursor.expect("=");
  const value = cursor.peek();
  const isWord = value.kind === "word" && (value.text === "true" || value.text === "false");
  if (!isWord && value.kind !== "string" && value.kind !== "name" && value.kind !== "integer") cursor.failExpected("a parameter's value");
  cursor.take();
  return { name: name.text, value: value.text };
}

/** `.pragma "name" "value"`: kept, and said to have no effect. */
export function parsePragma(cursor: Cursor): PragmaItem {
  const start = cursor.take();
  const words: string[] = [];
  if (cursor.peek().kind !== "string") cursor.failExpected("a string, the pragma's name");
  while (cursor.peek().kind === "string" && words.length < 2) words.push(cursor.take().text);
  const span = cursor.spanFrom(start.offset);
  cursor.context.diagnostics.notice("syntax.pragma_ignored", `the pragma \`${words.join(" ")}\` has no effect here`, span);
  return { kind: "pragma", words, span };
}

/** `.include "file"`, and `.once`, which is an include of no file: this one is read once however often it is included. */
export function parseInclude(cursor: Cursor): IncludeItem {
  const start = cursor.take();
  if (start.text === ".once") return { kind: "include", file: "", once: true, span: cursor.tokenSpan(start) };
  const file = cursor.peek();
  if (file.kind !== "string" || file.text === "") return cursor.failExpected("a string, the file to include");
  cursor.take();
  return { kind: "include", file: file.text, once: false, span: cursor.spanFrom(start.offset) };
}

/** The `.plan` behind a rule, in one spelling: `0: (1, 2), 1: (2, 1)`. */
export function parsePlan(cursor: Cursor): string {
  cursor.take();
  const orders: string[] = [];
  do {
    const version = parsePlanNumber(cursor);
    cursor.expect(":");
    orders.push(`${version}: (${parsePlanOrder(cursor).join(", ")})`);
  } while (cursor.accept(","));
  return orders.join(", ");
}

function parsePlanOrder(cursor: Cursor): string[] {
  const order: string[] = [];
  cursor.expect("(");
  if (cursor.accept(")")) return order;
  do order.push(parsePlanNumber(cursor));
  while (cursor.accept(","));
  cursor.expect(")", "`,` or `)`");
  return order;
}

function parsePlanNumber(cursor: Cursor): string {
  const token = cursor.peek();
  return token.kind === "integer" ? cursor.take().text : cursor.failExpected("a number of the plan");
}
