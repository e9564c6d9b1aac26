import type { Doc, Item, NameRef, RelationItem } from "../ast.ts";
import type { AttributeDeclaration, BranchDeclaration, TypeItem } from "../ast_dl.ts";
import type { Token } from "./lex_token.ts";
import type { Cursor } from "./parse_cursor.ts";
import { parseQualifiedName } from "./parse_formula.ts";
import { reportUnsupported } from "./parse_unsupported.ts";

/** Qualifiers that are kept as they are; all but `eqrel` and `overridable` steer Soufflé's engine and mean nothing here. */
const hints: ReadonlySet<string> = new Set([
  "inline",
  "no_inline",
  "magic",
  "no_magic",
  "brie",
  "btree",
  "btree_delete",
  "overridable",
  "eqrel",
]);

/** Ways of keeping a relation. */
const structures: ReadonlySet<string> = new Set(["brie", "btree", "btree_delete", "eqrel"]);

/** Qualifiers of old that stand for a directive. */
const directives = ["input", "output", "printsize"] as const;

/** `.type`, and the `.number_type` and `.symbol_type` of old. */
export function parseType(cursor: Cursor, doc: Doc): TypeItem {
  const start = cursor.take();
  const name = cursor.expectName("the type's name");
  const primitive = start.text === ".number_type" ? "number" : "symbol";
  const item = { kind: "type", name: name.text, branches: [], doc } as const;
  if (start.text !== ".type" || (!cursor.at("<:") && !cursor.at("="))) {
    const span = cursor.spanFrom(start.offset);
    return { ...item, form: "subtype", of: [{ name: primitive, span: cursor.tokenSpan(name) }], span };
  }
  if (cursor.accept("<:")) {
    const of = [parseQualifiedName(cursor, "a type")];
    return { ...item, form: "subtype", of, span: cursor.spanFrom(start.offset) };
  }
  cursor.expect("=");
  if (cursor.at("[")) {
    const branches = [parseFields(cursor, "", "[", "]")];
    return { ...item, form: "record", of: [], branches, span: cursor.spanFrom(start.offset) };
  }
  if (cursor.peek().kind === "name" && cursor.at("{", 1)) {
    const branches: BranchDeclaration[] = [];
    do branches.push(parseFields(cursor, cursor.expectName("a branch's name").text, "{", "}"));
    while (cursor.accept("|"));
    return { ...item, form: "algebraic", of: [], branches, span: cursor.spanFrom(start.offset) };
  }
  const of: NameRef[] = [];
  do of.push(parseQualifiedName(cursor, "a type"));
  while (cursor.accept("|"));
  return { ...item, form: of.length > 1 ? "union" : "equivalence", of, span: cursor.spanFrom(start.offset) };
}

/** The fields of a record or of a branch, in their brackets. */
function parseFields(cursor: Cursor, name: string, open: string, close: string): BranchDeclaration {
  const start = cursor.expect(open).offset;
  const fields: AttributeDeclaration[] = [];
  if (!cursor.at(close)) {
    do fields.push(parseAttribute(cursor));
    while (cursor.accept(","));
  }
  cursor.expect(close, `\`,\` or \`${close}\``);
  return { name, fields, span: cursor.spanFrom(start) };
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
  const attributes: AttributeDeclaration[] = [];
  if (!cursor.at(")")) {
    do attributes.push(parseAttribute(cursor));
    while (cursor.accept(","));
  }
  cursor.expect(")", "`,` or `)`");
  const items: Item[] = [];
  const { qualifiers, choices } = parseQualifiers(cursor, names, items);
  const relation: RelationItem = { kind: "relation", names, attributes, qualifiers, choices, doc, span: cursor.spanFrom(start.offset) };
  return [relation, ...items];
}

function skipDebugDelta(cursor: Cursor, start: number): Item[] {
  cursor.take();
  cursor.take();
  if (cursor.at("(")) cursor.skipBalanced();
  reportUnsupported(cursor, start, "`debug_delta` is");
  return [];
}

function parseAttribute(cursor: Cursor): AttributeDeclaration {
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

interface Qualifiers {
  readonly qualifiers: string[];
  readonly choices: NameRef[][];
}

function parseQualifiers(cursor: Cursor, names: readonly NameRef[], items: Item[]): Qualifiers {
  const found: Qualifiers = { qualifiers: [], choices: [] };
  const seen = new Set<string>();
  for (;;) {
    const token = cursor.peek();
    if (token.kind !== "word") return found;
    if (seen.has(token.text)) {
      cursor.error("syntax.unexpected", `the qualifier \`${token.text}\` stands there already`, cursor.tokenSpan(cursor.take()));
      continue;
    }
    const directive = directives.find((word) => word === token.text);
    if (!hints.has(token.text) && directive === undefined && token.text !== "choice-domain") return found;
    seen.add(token.text);
    cursor.take();
    if (token.text === "choice-domain") parseChoiceDomain(cursor, found.choices);
    else if (directive === undefined) refuseSecondStructure(cursor, found.qualifiers, token, seen.has("choice-domain"));
    else items.push({ kind: "directive", directive, relations: names, parameters: [], span: cursor.tokenSpan(token) });
  }
}

/** A relation is kept in one way: `brie`, `btree`, `btree_delete` and `eqrel` exclude each other. */
function refuseSecondStructure(cursor: Cursor, qualifiers: string[], token: Token, isLate: boolean): void {
  if (isLate && structures.has(token.text)) {
    cursor.error("syntax.unexpected", `the qualifier \`${token.text}\` stands before \`choice-domain\``, cursor.tokenSpan(token));
  }
  const other = structures.has(token.text) ? qualifiers.find((word) => structures.has(word)) : undefined;
  if (other === undefined) qualifiers.push(token.text);
  else cursor.error("syntax.unexpected", `the qualifiers \`${other}\` and \`${token.text}\` exclude each other`, cursor.tokenSpan(token));
}

function parseChoiceDomain(cursor: Cursor, choices: NameRef[][]): void {
  do {
    const attributes: NameRef[] = [];
    if (cursor.accept("(")) {
      do attributes.push(parseChoiceAttribute(cursor));
      while (cursor.accept(","));
      cursor.expect(")", "`,` or `)`");
    } else attributes.push(parseChoiceAttribute(cursor));
    choices.push(attributes);
  } while (cursor.accept(","));
}

function parseChoiceAttribute(cursor: Cursor): NameRef {
  const name = cursor.expectName("an attribute's name");
  return { name: name.text, span: cursor.tokenSpan(name) };
}
