import type { ComponentRef, InitItem, OverrideItem } from "../ast_dl.ts";
import type { Cursor } from "./parse_cursor.ts";

/** `Name` or `Name<A, B>`; the arguments are names of types or components. */
export function parseComponentRef(cursor: Cursor, what: string): ComponentRef {
  const name = cursor.expectName(what);
  const args: string[] = [];
  if (cursor.accept("<")) {
    do args.push(cursor.expectName("a type or a component").text);
    while (cursor.accept(","));
    cursor.expect(">", "`,` or `>`");
  }
  return { name: name.text, args, span: cursor.spanFrom(name.offset) };
}

/** `.init name = Component<A>`. */
export function parseInit(cursor: Cursor): InitItem {
  const start = cursor.take().offset;
  const name = cursor.expectName("the instance's name");
  cursor.expect("=");
  const of = parseComponentRef(cursor, "a component");
  return { kind: "init", name: name.text, of, span: cursor.spanFrom(start) };
}

/** `.override relation`. */
export function parseOverride(cursor: Cursor): OverrideItem {
  const start = cursor.take().offset;
  const name = cursor.expectName("a relation");
  return { kind: "override", relation: { name: name.text, span: cursor.tokenSpan(name) }, span: cursor.spanFrom(start) };
}
