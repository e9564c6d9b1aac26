import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { parse } from "smol-toml";
import { z } from "zod";
import { AssayError } from "../schema/assay_error.ts";
import type { Attribute, Relation } from "../schema/relation.ts";
import { NUMBER_MAX, NUMBER_MIN, UNSIGNED_MAX, type Value } from "../schema/value.ts";
import { nearest } from "./columns.ts";
import { type FileFormat, fileFormats, readFailure } from "./file_format.ts";

/** How one file becomes facts of one relation. */
export interface FileMapping {
  readonly relation: string;
  /** Column by attribute. */
  readonly columns: ReadonlyMap<string, string>;
  /** Value by attribute, the same for every record. */
  readonly constants: ReadonlyMap<string, Value>;
  /** Value by attribute, for records where the column has none. */
  readonly defaults: ReadonlyMap<string, Value>;
  /** Attributes without whose value a record is left out. */
  readonly skipNull: ReadonlySet<string>;
  /** Texts that mean "no value" in text columns. */
  readonly nullText: readonly string[];
  readonly format: FileFormat | null;
  readonly delimiter: string | null;
}

const scalar = z.union([z.string(), z.bigint(), z.number()]);
const entryShape = z.strictObject({
  source: z.string().min(1),
  relation: z.string().min(1),
  columns: z.record(z.string(), z.string()).default({}),
  constants: z.record(z.string(), scalar).default({}),
  defaults: z.record(z.string(), scalar).default({}),
  skip_null: z.array(z.string()).default([]),
  null_text: z.array(z.string()).default([]),
  format: z.enum(fileFormats).optional(),
  delimiter: z
    .string()
    .regex(/^[\t!-~]$/)
    .regex(/^[^"\\]$/)
    .optional(),
});
const mappingShape = z.strictObject({ map: z.array(entryShape).min(1) });

/** A mapping file as read: entries in the file's order, not yet held against any relation. */
export interface Mapping {
  readonly file: string;
  readonly entries: readonly z.infer<typeof entryShape>[];
}

/**
 * Reads a mapping file, MAP.toml. It says which files feed which relations, for files whose columns are not named like attributes:
 *
 * ```toml
 * [[map]]                                  # one entry a file (or family of files) and relation; a file may have several
 * source = "orders-*.csv"                  # matched against the file's path and its last part; `*`, `?` and `**`
 * relation = "order"
 * columns = { id = "order_id", total = "sum" }   # attribute = "column"; unnamed attributes take the column of their name
 * constants = { channel = "web" }          # attribute = value, the same for all records
 * null_text = ["", "NULL"]                 # texts that mean "no value"; an empty field of a number column always does
 * defaults = { total = 0 }                 # attribute = value where there is none
 * skip_null = ["email"]                    # leave out records without this attribute; others are quarantined
 * delimiter = ";"                          # of CSV, one character
 * format = "csv"                           # where the name does not tell
 * ```
 *
 * Errors: `ingest.mapping`, `ingest.not_found`, `ingest.unreadable`.
 */
export async function readMapping(path: string): Promise<Mapping> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw readFailure(path, cause);
  }
  return parseMapping(path, text);
}

/** `readMapping` over a text. */
export function parseMapping(file: string, text: string): Mapping {
  let document: unknown;
  try {
    document = parse(text, { integersAsBigInt: true });
  } catch (cause) {
    const line = typeof cause === "object" && cause !== null && "line" in cause ? `:${String(cause.line)}` : "";
    throw new AssayError("ingest.mapping", `\`${file}\` is not TOML`, { place: `${file}${line}`, cause });
  }
  const read = mappingShape.safeParse(document);
  if (read.success) return { file, entries: read.data.map };
  const issue = read.error.issues[0];
  const at = issue === undefined ? "" : issue.path.join(".");
  throw new AssayError("ingest.mapping", `\`${at || "map"}\`: ${(issue?.message ?? "not a mapping").toLowerCase()}`, { place: file });
}

/**
 * The entries that `path` matches, each held against its relation: it exists, its attributes exist, its values have their types.
 * Errors: `ingest.mapping`.
 */
export function mappingsFor(mapping: Mapping, path: string, relations: ReadonlyMap<string, Relation>): FileMapping[] {
  return mapping.entries.flatMap((entry, index) => {
    const place = `${mapping.file}: map ${index + 1}`;
    if (!matchesSource(entry.source, path)) return [];
    const relation = relations.get(entry.relation);
    if (relation?.role !== "base") throw unknownName("base relation", entry.relation, [...relations.keys()], place);
    const named = [entry.columns, entry.constants, entry.defaults].flatMap((table) => Object.keys(table)).concat(entry.skip_null);
    const attributes = relation.attributes.map(({ name }) => name);
    const unknown = named.find((name) => !attributes.includes(name));
    if (unknown !== undefined) throw unknownName(`attribute of \`${relation.name}\``, unknown, attributes, place);
    return [
      {
        relation: relation.name,
        columns: new Map(Object.entries(entry.columns)),
        constants: typedValues(relation, entry.constants, place),
        defaults: typedValues(relation, entry.defaults, place),
        skipNull: new Set(entry.skip_null),
        nullText: entry.null_text,
        format: entry.format ?? null,
        delimiter: entry.delimiter ?? null,
      },
    ];
  });
}

/** Whether a source pattern names `path`: as a whole, or its last part. `**` crosses directories, `*` and `?` do not. */
export function matchesSource(pattern: string, path: string): boolean {
  const parts = pattern.split(/(\*\*\/|\*|\?)/).map((part) => {
    if (part === "**/") return "(?:[^/]*/)*";
    if (part === "*") return "[^/]*";
    return part === "?" ? "[^/]" : part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  });
  const expression = new RegExp(`^${parts.join("")}$`, "u");
  return expression.test(path.replace(/^\.\//, "")) || expression.test(basename(path));
}

function unknownName(what: string, name: string, names: readonly string[], place: string): AssayError {
  const near = nearest(name, names);
  const help = near === null ? `there are: ${names.slice(0, 20).join(", ")}` : `did you mean \`${near}\`?`;
  return new AssayError("ingest.mapping", `\`${name}\` is no ${what}`, { place, help });
}

function typedValues(relation: Relation, values: Readonly<Record<string, string | bigint | number>>, place: string): Map<string, Value> {
  return new Map(
    Object.entries(values).map(([name, value]) => {
      const attribute = relation.attributes.find((other) => other.name === name) as Attribute;
      return [name, typedValue(attribute, value, place)];
    }),
  );
}

function typedValue(attribute: Attribute, value: string | bigint | number, place: string): Value {
  const { type } = attribute;
  if (type === "symbol" && typeof value === "string" && !value.includes("\0")) return value;
  if (type === "number" && typeof value === "bigint" && value >= NUMBER_MIN && value <= NUMBER_MAX) return value;
  if (type === "unsigned" && typeof value === "bigint" && value >= 0n && value <= UNSIGNED_MAX) return value;
  if (type === "float" && typeof value !== "string" && Number.isFinite(Number(value))) return Number(value);
  throw new AssayError("ingest.mapping", `\`${String(value)}\` is no ${type}, which attribute \`${attribute.name}\` is`, { place });
}
