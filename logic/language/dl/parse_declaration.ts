import type { Doc, Item, NameRef, RelationItem } from "../ast.ts";
import type { Cursor } from "./parse_cursor.ts";
import { parseQualifiedName } from "./parse_formula.ts";
import { reportUnsupported } from "./parse_unsupported.ts";

/** Qualifiers that steer Soufflé's engine and mean nothing here. */
const hints: ReadonlySet<string> = new Set(["inline", "no_inline", "magic", "no_magic", "brie", "btree", "btree_delete", "overridable"]);

/** Qualifiers of old that stand for a directive. */
const directives = ["input", "output", "printsize"] as const;

/** `.type`, and the `.number_type` and `.symbol_type` of old. */
export function parseType(cursor: Cursor, doc: Doc): Item | null {
  const start = cursor.take();
  const name = cursor.expectName("the type's name");
  const primitive = start.text === ".number_type" ? "number" : "symbol";
  const item = { kind: "type", name: name.text, doc } as const;
  if (start.text !== ".type" || (!cursor.at("<:") && !cursor.at("="))) {
    const span = cursor.spanFrom(start.offset);
    return { ...item, form: "subtype", of: [{ name: primitive, span: cursor.tokenSpan(name) }], span };
  }
  if (cursor.accept("<:")) {
    const of = [parseQualifiedName(cursor, "a type")];
    return { ...item, form: "subtype", of, span: cursor.spanFrom(start.offset) };
  }
  cursor.expect("=");
  if (cursor.at("[")) return skipRecordType(cursor);
  if (cursor.peek().kind === "name" && cursor.at("{", 1)) return skipAlgebraicType(cursor);
  const of: NameRef[] = [];
  do of.push(parseQualifiedName(cursor, "a type"));
  while (cursor.accept("|"));
  return { ...item, form: of.length > 1 ? "union" : "equivalence", of, span: cursor.spanFrom(start.offset) };
}

function skipRecordType(cursor: Cursor): null {
  const start = cursor.peek().offset;
  cursor.skipBalanced();
  reportUnsupported(cursor, start, "record types (`[…]`) are");
  return null;
}

function skipAlgebraicType(cursor: Cursor): null {
  const start = cursor.peek().offset;
  do {
    cursor.expectName("a branch's name");
    if (cursor.at("{")) cursor.skipBalanced();
  } while (cursor.accept("|"));
  reportUnsupported(cursor, start, "algebraic data types (`X {…}`) are");
  return null;
}

/** `.decl a, b(x:number, y:Path) btree`. Qualifiers of old (`input`, `output`, `printsize`) come back as directives of their own. */
export function parseRelation(cursor: Cursor, doc: Doc): Item[] {
  const start = cursor.take();
  const names: NameRef[] = [];
  do {
    const name = cursor.expectName("the relation's name");
    names.push({ name: name.text, span: cursor.tokenSpan(name) });
  } while (cursor.accept(","));
  if (cursor.at("=") && cursor.at("debug_delta", 1)) return skipDebugDelta(cursor, start.offset);
  cursor.expect("(", "`(`, the relation's attributes");
  const attributes: RelationItem["attributes"][number][] = [];
  if (!cursor.at(")")) {
    do attributes.push(parseAttribute(cursor));
    while (cursor.accept(","));
  }
  cursor.expect(")", "`,` or `)`");
  const items: Item[] = [];
  const qualifiers = parseQualifiers(cursor, names, items);
  const relation: RelationItem = { kind: "relation", names, attributes, qualifiers, doc, span: cursor.spanFrom(start.offset) };
  return [relation, ...items];
}

function skipDebugDelta(cursor: Cursor, start: number): Item[] {
  cursor.take();
  cursor.take();
  if (cursor.at("(")) cursor.skipBalanced();
  reportUnsupported(cursor, start, "`debug_delta` is");
  return [];
}

function parseAttribute(cursor: Cursor): RelationItem["attributes"][number] {
  const name = cursor.expectName("an attribute's name");
  cursor.expect(":", "`:` and the attribute's type");
  const type = parseQualifiedName(cursor, "a type");
  const span = cursor.spanFrom(name.offset);
  if (cursor.at("<") && cursor.at(">", 1)) {
    cursor.take();
    cursor.take();
    reportUnsupported(cursor, name.offset, "lattice attributes (`<>`) are");
  }
  return { name: name.text, type, span };
}

function parseQualifiers(cursor: Cursor, names: readonly NameRef[], items: Item[]): string[] {
  const qualifiers: string[] = [];
  const seen = new Set<string>();
  for (;;) {
    const token = cursor.peek();
    if (token.kind !== "word") return qualifiers;
    if (seen.has(token.text)) {
      cursor.error("syntax.unexpected", `the qualifier \`${token.text}\` stands there already`, cursor.tokenSpan(cursor.take()));
      continue;
    }
    seen.add(token.text);
    const directive = directives.find((word) => word === token.text);
    if (hints.has(token.text)) qualifiers.push(cursor.take().text);
    else if (directive !== undefined) {
      cursor.take();
      items.push({ kind: "directive", directive, relations: names, parameters: [], span: cursor.tokenSpan(token) });
    } else if (token.text === "eqrel") {
      cursor.take();
      reportUnsupported(cursor, token.offset, "equivalence relations (`eqrel`) are");
    } else if (token.text === "choice-domain") skipChoiceDomain(cursor);
    else return qualifiers;
  }
}

function skipChoiceDomain(cursor: Cursor): void {
  const start = cursor.take().offset;
  do {
    if (cursor.at("(")) cursor.skipBalanced();
    else cursor.expectName("an attribute's name");
  } while (cursor.accept(","));
  reportUnsupported(cursor, start, "`choice-domain` is");
}
