import { distance } from "fastest-levenshtein";
import type { Diagnostic } from "../../../schema/diagnostic.ts";
import { type Limits, limitsWith } from "../../../schema/limits.ts";
import type { IncludeItem, Item } from "../ast.ts";
import type { ComponentItem, ComponentRef } from "../ast_dl.ts";
import { DiagnosticList } from "../diagnostic_list.ts";
import type { ParseResult } from "../parse_result.ts";
import { SourceText } from "../source.ts";
import { knownDirectives } from "./lex_words.ts";
import { parseComponentRef, parseInit, parseOverride } from "./parse_component.ts";
import { Cursor, type ParseContext, ParseFailure } from "./parse_cursor.ts";
import { parseRelation, parseType } from "./parse_declaration.ts";
import { parseHash } from "./parse_define.ts";
import { parseDirective, parseInclude, parsePragma } from "./parse_directive.ts";
import { parseRule } from "./parse_rule.ts";
import { refuse, reportUnsupported } from "./parse_unsupported.ts";
import { depthOf, rootsOf } from "./parse_walk.ts";

export type OnInclude = (item: IncludeItem, visible: ReadonlySet<string>) => Iterable<string>;

export interface DlOptions {
  readonly limits?: Limits;
  /** Called at each include, in order, with the constants visible there; gives those that the included file makes visible. */
  readonly onInclude?: OnInclude;
}

/** A parse with what its file's includers need to know. */
export interface DlFile extends ParseResult {
  /** The constants visible at the end of the file. */
  readonly constants: ReadonlySet<string>;
  /** Every name read as a variable. */
  readonly variables: ReadonlySet<string>;
}

/**
 * Parses a program of Soufflé's dialect. Takes the file's name for places, and its text. Never throws and never hangs: whatever
 * the text, all its diagnostics come back with the items that could be read. Bounds: `program_bytes`, `program_depth`,
 * `number_digits`, `symbol_bytes`, `diagnostics`. Follows the grammar of Soufflé 2.5 (src/parser/parser.yy, scanner.ll).
 */
export function parseDl(file: string, text: string, options: DlOptions = {}): ParseResult {
  const { program, diagnostics } = parseDlFile(file, text, options);
  return { program, diagnostics };
}

/** As `parseDl`, and tells which names the file defines and uses. */
export function parseDlFile(file: string, text: string, options: DlOptions = {}): DlFile {
  const limits = options.limits ?? limitsWith();
  const source = new SourceText(file, text);
  const list = new DiagnosticList(source, limits.diagnostics);
  const context: ParseContext = { diagnostics: list, limits, constants: new Set(), variables: new Set() };
  const items: Item[] = [];
  if (isTooLarge(text, limits.program_bytes)) {
    list.error("limit.program_bytes", `the program is larger than ${limits.program_bytes} bytes`, source.span(0, 0));
  } else parseItems(new Cursor(context, 0, text.length), items, options.onInclude ?? (() => []));
  const diagnostics: Diagnostic[] = list.sorted();
  return { program: { dialect: "dl", file, items }, diagnostics, constants: context.constants, variables: context.variables };
}

function isTooLarge(text: string, bytes: number): boolean {
  return text.length > bytes || (text.length * 3 > bytes && Buffer.byteLength(text) > bytes);
}

function parseItems(cursor: Cursor, items: Item[], onInclude: OnInclude): void {
  const readItem = (): void => {
    for (const item of parseItem(cursor, 0)) {
      if (isTooDeep(cursor, item)) continue;
      items.push(item);
      if (item.kind === "include") for (const name of onInclude(item, cursor.context.constants)) cursor.context.constants.add(name);
    }
  };
  while (!cursor.atEnd() && !cursor.context.diagnostics.full) recovering(cursor, readItem);
  if (!cursor.context.diagnostics.full) cursor.refuseDoc();
}

/** Reads one item; behind an error it goes on where the next one begins. */
function recovering(cursor: Cursor, readItem: () => void): void {
  cursor.beginItem();
  try {
    readItem();
  } catch (failure) {
    if (!(failure instanceof ParseFailure)) throw failure;
    cursor.recover();
  }
}

/** A chain of operators nests without brackets; the tree's own depth is what later stages recurse on. */
function isTooDeep(cursor: Cursor, item: Item): boolean {
  const bound = cursor.context.limits.program_depth;
  const deepest = depthOf(rootsOf(item));
  if (deepest <= bound) return false;
  cursor.error("limit.program_depth", `nested ${deepest} levels deep, at most ${bound} are read`, item.span);
  return true;
}

/** `level` counts the components around the item. */
function parseItem(cursor: Cursor, level: number): readonly Item[] {
  const token = cursor.peek();
  if (token.kind === "name") return [parseRule(cursor, cursor.claimDoc())];
  if (token.text === ".comp" && token.kind === "directive") {
    cursor.refuseDoc();
    return [parseComponent(cursor, level)];
  }
  if (token.kind === "directive") return parseDirectiveItem(cursor, token.text);
  cursor.refuseDoc();
  if (token.kind === "hash") {
    const item = parseHash(cursor);
    return item === null ? [] : [item];
  }
  if (cursor.at(".") && cursor.peek(1).kind === "name") return failUnknownDirective(cursor);
  if (token.kind === "word") cursor.fail("syntax.reserved", `\`${token.text}\` is a reserved word, expected a rule or a directive`, token);
  return cursor.failExpected("a rule, a fact or a directive");
}

function parseDirectiveItem(cursor: Cursor, directive: string): readonly Item[] {
  switch (directive) {
    case ".type":
    case ".number_type":
    case ".symbol_type":
      return [parseType(cursor, cursor.claimDoc())];
    case ".decl":
      return parseRelation(cursor, cursor.claimDoc());
    default:
      cursor.refuseDoc();
  }
  switch (directive) {
    case ".input":
      return [parseDirective(cursor, "input")];
    case ".output":
      return [parseDirective(cursor, "output")];
    case ".printsize":
      return [parseDirective(cursor, "printsize")];
    case ".limitsize":
      return [parseDirective(cursor, "limitsize")];
    case ".pragma":
      return [parsePragma(cursor)];
    case ".include":
    case ".once":
      return [parseInclude(cursor)];
    case ".init":
      return [parseInit(cursor)];
    case ".override":
      return [parseOverride(cursor)];
    case ".plan":
      return cursor.failExpected("a rule before its `.plan`");
    default:
      return skipUnsupportedItem(cursor, directive);
  }
}

/** `.comp Name<T> : Base<T> { items }`. */
function parseComponent(cursor: Cursor, level: number): ComponentItem {
  if (level >= cursor.context.limits.program_depth) cursor.failDepth();
  const start = cursor.take().offset;
  const { name, args: parameters } = parseComponentRef(cursor, "the component's name");
  const bases: ComponentRef[] = [];
  if (cursor.accept(":")) {
    do bases.push(parseComponentRef(cursor, "a component"));
    while (cursor.accept(","));
  }
  cursor.expect("{", "`{`, the component's items");
  const items: Item[] = [];
  const readItem = (): void => {
    for (const item of parseItem(cursor, level + 1)) {
      if (item.kind !== "include") items.push(item);
      else cursor.error("syntax.unsupported", "an include inside a component is not supported yet", item.span);
    }
  };
  while (!cursor.at("}") && !cursor.atEnd() && !cursor.context.diagnostics.full) recovering(cursor, readItem);
  cursor.expect("}", "`}` behind the component's items");
  return { kind: "component", name, parameters, bases, items, span: cursor.spanFrom(start) };
}

/** `.functor`, `.lattice`: named, and read past as a whole. */
function skipUnsupportedItem(cursor: Cursor, directive: string): readonly Item[] {
  const start = cursor.take().offset;
  const isBlock = directive === ".lattice";
  while (isBlock ? !cursor.at("{") && !cursor.atEnd() && cursor.peek().kind !== "directive" : isHeaderToken(cursor)) {
    if (!isBlock && cursor.at("(")) cursor.skipBalanced();
    else cursor.take();
  }
  if (isBlock && cursor.at("{")) cursor.skipBlock();
  if (directive === ".functor")
    refuse(cursor, start, "user-defined functors (`.functor`) run foreign code, so no verdict could be repeated");
  else reportUnsupported(cursor, start, isBlock ? "lattices (`.lattice`) are" : `\`${directive}\` is`);
  return [];
}

/** What may stand behind `.functor` before the next item begins. */
function isHeaderToken(cursor: Cursor): boolean {
  const token = cursor.peek();
  if (token.kind === "end" || token.kind === "directive" || token.kind === "hash") return false;
  const startsLine = token.kind === "name" && cursor.tokenSpan(token).column === 1;
  return !startsLine && !cursor.at("@") && !cursor.at("{");
}

function failUnknownDirective(cursor: Cursor): never {
  const word = cursor.peek(1).text;
  const near = knownDirectives.toSorted((a, b) => distance(a, word) - distance(b, word))[0];
  const token = cursor.take();
  const help = near !== undefined && distance(near, word) <= 2 ? `did you mean \`.${near}\`` : null;
  return cursor.fail("syntax.unknown_directive", `\`.${word}\` is no directive`, { ...token, length: 1 + word.length }, help);
}
