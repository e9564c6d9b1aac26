import { type ParseErrorCode, printParseErrorCode, visit } from "jsonc-parser";
import { AssayError } from "../../schema/assay_error.ts";
import type { Limits } from "../../schema/limits.ts";
import type { Place } from "../../schema/place.ts";
import { isSymbolText } from "./symbol_text.ts";

/** A JSON value that knows where it stands: `offset` is the UTF-16 unit it starts at. */
export type JsonNode = JsonObject | JsonArray | JsonScalar;

export interface JsonObject {
  readonly kind: "object";
  readonly offset: number;
  readonly members: ReadonlyMap<string, JsonMember>;
}

export interface JsonMember {
  /** Where the member's name stands, which is the place of what it says. */
  readonly offset: number;
  readonly value: JsonNode;
}

export interface JsonArray {
  readonly kind: "array";
  readonly offset: number;
  readonly items: readonly JsonNode[];
}

export interface JsonScalar {
  readonly kind: "scalar";
  readonly offset: number;
  readonly value: string | number | boolean | null;
}

/** A JSON document with the places of its parts. */
export interface JsonTree {
  readonly root: JsonNode;
  /** `file:LINE` of an offset. */
  place(offset: number): Place;
}

export interface JsonTreeOptions {
  /** How places name the document. */
  readonly source: string;
  readonly limits: Pick<Limits, "json_bytes" | "json_depth">;
  /** What a second member of one name is: an error, or (as npm reads a package's own manifest) the one that counts. */
  readonly duplicates: "refuse" | "last";
}

/**
 * Reads a JSON document and keeps where everything stands. A byte order mark is skipped.
 * Errors (`AssayError`, with line and column): `json.not_utf8`, `json.syntax`, `json.duplicate_key`, `json.surrogate`,
 * `npm.text` (a NUL in a string), `limit.json_bytes`, `limit.json_depth`.
 */
export function readJsonTree(bytes: Uint8Array, options: JsonTreeOptions): JsonTree {
  if (bytes.length > options.limits.json_bytes) {
    const detail = `the document has ${bytes.length} bytes, the bound json_bytes is ${options.limits.json_bytes}`;
    throw new AssayError("limit.json_bytes", detail, { place: options.source });
  }
  const text = decode(bytes, options.source);
  const builder = new TreeBuilder(text, options);
  const root = builder.build();
  return { root, place: (offset) => `${options.source}:${builder.lines.line(offset)}` };
}

/** The members of an object, and none for everything else. */
export function membersOf(node: JsonNode | undefined): ReadonlyMap<string, JsonMember> {
  return node?.kind === "object" ? node.members : new Map();
}

/** The text of a string, and null for everything else. */
export function textOf(node: JsonNode | undefined): string | null {
  return node?.kind === "scalar" && typeof node.value === "string" ? node.value : null;
}

/** The value as plain JSON, its places left out. */
export function plain(node: JsonNode): unknown {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "array") return node.items.map(plain);
  return Object.fromEntries([...node.members].map(([name, member]) => [name, plain(member.value)]));
}

function decode(bytes: Uint8Array, source: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AssayError("json.not_utf8", "the bytes are not UTF-8", { place: `${source}:${firstBadLine(bytes)}`, cause });
  }
}

function firstBadLine(bytes: Uint8Array): number {
  const lenient = new TextDecoder("utf-8", { ignoreBOM: true });
  let line = 1;
  let start = 0;
  for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
    const stretch = bytes.subarray(start, end);
    if (!Buffer.from(lenient.decode(stretch)).equals(stretch)) return line;
    line += 1;
    start = end + 1;
  }
  return line;
}

/** Line numbers from offsets, by bisection over the starts of lines. */
class Lines {
  readonly #starts: number[] = [0];

  constructor(text: string) {
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) this.#starts.push(at + 1);
  }

  line(offset: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }

  column(offset: number): number {
    return offset - (this.#starts[this.line(offset) - 1] ?? 0) + 1;
  }
}

type Open =
  | {
      readonly kind: "object";
      readonly offset: number;
      readonly members: Map<string, JsonMember>;
      key: { name: string; offset: number } | null;
    }
  | { readonly kind: "array"; readonly offset: number; readonly items: JsonNode[] };

class TreeBuilder {
  readonly lines: Lines;
  readonly #text: string;
  readonly #options: JsonTreeOptions;
  readonly #open: Open[] = [];
  #root: JsonNode | null = null;

  constructor(text: string, options: JsonTreeOptions) {
    this.lines = new Lines(text);
    this.#text = text;
    this.#options = options;
  }

  build(): JsonNode {
    const visitor = {
      onObjectBegin: (offset: number) => this.#enter({ kind: "object", offset, members: new Map(), key: null }),
      onArrayBegin: (offset: number) => this.#enter({ kind: "array", offset, items: [] }),
      onObjectEnd: () => this.#leave(),
      onArrayEnd: () => this.#leave(),
      onObjectProperty: (name: string, offset: number) => this.#key(name, offset),
      onLiteralValue: (value: string | number | boolean | null, offset: number) => {
        if (typeof value === "string") this.#checkText(value, offset);
        this.#put({ kind: "scalar", offset, value });
      },
      onError: (code: ParseErrorCode, offset: number) => this.#fail("json.syntax", words(printParseErrorCode(code)), offset),
    };
    visit(this.#text, visitor, { disallowComments: true, allowTrailingComma: false });
    if (this.#root === null) return this.#fail("json.syntax", "the document is empty", 0);
    return this.#root;
  }

  #enter(open: Open): boolean {
    const bound = this.#options.limits.json_depth;
    if (this.#open.length >= bound) this.#fail("limit.json_depth", `nested deeper than the bound json_depth, ${bound}`, open.offset);
    this.#open.push(open);
    return true;
  }

  #leave(): void {
    const closed = this.#open.pop();
    if (closed === undefined) return;
    if (closed.kind === "array") this.#put({ kind: "array", offset: closed.offset, items: closed.items });
    else this.#put({ kind: "object", offset: closed.offset, members: closed.members });
  }

  #key(name: string, offset: number): void {
    this.#checkText(name, offset);
    const open = this.#open.at(-1);
    if (open?.kind !== "object") return;
    if (this.#options.duplicates === "refuse" && open.members.has(name)) {
      this.#fail("json.duplicate_key", `the member \`${name.slice(0, 100)}\` stands twice in one object`, offset);
    }
    open.key = { name, offset };
  }

  #put(node: JsonNode): void {
    const open = this.#open.at(-1);
    if (open === undefined) this.#root = node;
    else if (open.kind === "array") open.items.push(node);
    else if (open.key !== null) open.members.set(open.key.name, { offset: open.key.offset, value: node });
  }

  #checkText(text: string, offset: number): void {
    if (isSymbolText(text)) return;
    if (text.isWellFormed()) this.#fail("npm.text", "a string holds the character NUL", offset);
    this.#fail("json.surrogate", "a string holds half a character (a lone surrogate)", offset);
  }

  #fail(
    code: "json.syntax" | "json.duplicate_key" | "json.surrogate" | "npm.text" | "limit.json_depth",
    detail: string,
    offset: number,
  ): never {
    throw new AssayError(code, detail, { place: `${this.#options.source}:${this.lines.line(offset)}:${this.lines.column(offset)}` });
  }
}

function words(name: string): string {
  return name.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
}
