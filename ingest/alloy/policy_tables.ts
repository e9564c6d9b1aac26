import { parse, TomlError } from "smol-toml";
import { AssayError } from "../../schema/assay_error.ts";
import { type ExactValue, isDecimal, lineFinder, readExactJson } from "../../schema/exact_json.ts";
import type { Limits } from "../../schema/limits.ts";
import type { Place } from "../../schema/place.ts";
import { csvFields } from "../readers/csv_fields.ts";
import { CsvSplitter } from "../readers/csv_splitter.ts";

/** One row of a policy file: values by the names of their columns, numbers as text where they have a fraction. */
export interface PolicyRow {
  readonly relation: string;
  readonly values: ReadonlyMap<string, string | bigint>;
  readonly place: Place;
}

type PolicyLimits = Pick<Limits, "json_bytes" | "json_depth">;

/**
 * The rows of a policy file: `NAME.toml` with arrays of tables named like relations, `RELATION.json` with a list of objects,
 * `RELATION.csv` with a line of names. Errors: `alloy.policy` with the line, those of `readExactJson`.
 */
export function policyRows(name: string, text: string, limits: PolicyLimits): PolicyRow[] {
  if (name.endsWith(".toml")) return tomlRows(name, text);
  const relation = name.replace(/\.\w+$/, "");
  return name.endsWith(".json") ? jsonRows(name, relation, text, limits) : csvRows(name, relation, text);
}

export function policyError(detail: string, place: Place, cause?: unknown): AssayError {
  return new AssayError("alloy.policy", detail, { place, cause });
}

function tomlRows(name: string, text: string): PolicyRow[] {
  const rows: PolicyRow[] = [];
  for (const [relation, tables] of Object.entries(parseToml(name, text))) {
    const places = headerPlaces(name, text, relation);
    if (!Array.isArray(tables)) throw policyError(`\`${relation}\` is no array of tables`, places(0));
    for (const [index, table] of tables.entries()) {
      if (typeof table !== "object" || table === null || Array.isArray(table)) {
        throw policyError(`an item of \`${relation}\` is no table`, places(index));
      }
      const values = Object.entries(table).map(([key, value]) => [key, tomlValue(value, relation, key, places(index))] as const);
      rows.push({ relation, values: new Map(values), place: places(index) });
    }
  }
  return rows;
}

function parseToml(name: string, text: string): Record<string, unknown> {
  try {
    return parse(text, { integersAsBigInt: true });
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const [firstLine = ""] = cause.message.split("\n");
    throw policyError(firstLine.toLowerCase(), `${name}:${cause.line}:${cause.column}`, cause);
  }
}

function tomlValue(value: unknown, relation: string, key: string, place: Place): string | bigint {
  if (typeof value === "string" || typeof value === "bigint") return value;
  if (typeof value === "number") return String(value);
  if (value instanceof Date) return value.toISOString();
  throw policyError(`\`${key}\` of \`${relation}\` is neither a text nor a number nor a time`, place);
}

/** The place of the n-th table of a relation: its header's line; for tables written inline, the line of the list. */
function headerPlaces(name: string, text: string, relation: string): (index: number) => Place {
  const escaped = relation.replace(/[^\w]/g, "\\$&");
  const headers = [...text.matchAll(new RegExp(`^[ \\t]*\\[\\[[ \\t]*["']?${escaped}["']?[ \\t]*\\]\\]`, "gm"))];
  const list = new RegExp(`^[ \\t]*["']?${escaped}["']?[ \\t]*=`, "m").exec(text);
  const lineOf = lineFinder(text);
  return (index) => `${name}:${lineOf(headers[index]?.index ?? list?.index ?? 0)}`;
}

function jsonRows(name: string, relation: string, text: string, limits: PolicyLimits): PolicyRow[] {
  const offsets = new Map<object, number>();
  const list = readExactJson(text, { source: name, limits, positions: { depth: 1, offsets } });
  if (!Array.isArray(list)) throw policyError("the file is no list of objects", `${name}:1`);
  const lineOf = lineFinder(text);
  return list.map((row: ExactValue) => {
    const place = `${name}:${lineOf(typeof row === "object" && row !== null ? (offsets.get(row) ?? 0) : 0)}`;
    if (!(row instanceof Map)) throw policyError("an item of the list is no object", place);
    const values = [...row].map(([key, value]) => [key, jsonValue(value, key, place)] as const);
    return { relation, values: new Map(values), place };
  });
}

function jsonValue(value: ExactValue, key: string, place: Place): string | bigint {
  if (typeof value === "string" || typeof value === "bigint") return value;
  if (isDecimal(value)) return value.decimal;
  throw policyError(`\`${key}\` is neither a text nor a number`, place);
}

function csvRows(name: string, relation: string, text: string): PolicyRow[] {
  const bytes = Buffer.from(text);
  const splitter = new CsvSplitter(",");
  const rows: PolicyRow[] = [];
  let names: readonly string[] | null = null;
  let line = 1;
  for (let from = 0; from < bytes.length; ) {
    const end = splitter.find(bytes, from);
    const record = bytes.subarray(from, end === -1 ? undefined : end).toString("utf8");
    const place = `${name}:${line}`;
    const { fields, fault } = csvFields(record.replace(/\r?\n$|\r$/, ""), ",", null);
    if (fault !== null) throw policyError("a quote is not closed, or text stands behind it", place);
    if (names === null) names = fields;
    else if (record.trim() !== "") rows.push(csvRow(relation, names, fields, place));
    line += record.match(/\n/g)?.length ?? 0;
    from = end === -1 ? bytes.length : end;
  }
  return rows;
}

function csvRow(relation: string, names: readonly string[], fields: readonly string[], place: Place): PolicyRow {
  if (fields.length !== names.length) throw policyError(`the row has ${fields.length} fields, the first line ${names.length}`, place);
  return { relation, values: new Map(names.map((name, column) => [name, fields[column] as string])), place };
}
