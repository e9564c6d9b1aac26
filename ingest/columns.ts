import { closest, distance } from "fastest-levenshtein";
import { AssayError } from "../schema/assay_error.ts";
import type { Attribute, Relation } from "../schema/relation.ts";
import type { Value } from "../schema/value.ts";
import type { FileMapping } from "./mapping.ts";

/** Where the values of one attribute come from. */
export interface BoundAttribute {
  readonly attribute: Attribute;
  /** The column's name in the file, or null for a constant. */
  readonly column: string | null;
  /** The constant, or the value where the column has none; null where there is neither. */
  readonly value: Value | null;
  /** Whether records without a value are left out instead of quarantined. */
  readonly skipNull: boolean;
}

/** Binds each attribute to the column of its name, or to what the mapping says. The mapping must fit the relation (`mappingsFor`). */
export function bindAttributes(relation: Relation, mapping: FileMapping | null): BoundAttribute[] {
  return relation.attributes.map((attribute) => {
    const constant = mapping?.constants.get(attribute.name) ?? null;
    if (constant !== null) return { attribute, column: null, value: constant, skipNull: false };
    return {
      attribute,
      column: mapping?.columns.get(attribute.name) ?? attribute.name,
      value: mapping?.defaults.get(attribute.name) ?? null,
      skipNull: mapping?.skipNull.has(attribute.name) ?? false,
    };
  });
}

/**
 * Checks the columns of a file against the bound attributes and returns the columns that no attribute takes.
 * Errors: `ingest.missing_attribute` (all of them in one), `ingest.duplicate_column`.
 */
export function checkColumns(relation: string, bound: readonly BoundAttribute[], columns: readonly string[], file: string): string[] {
  const wanted = new Set(bound.flatMap(({ column }) => (column === null ? [] : [column])));
  const missing = bound.filter(({ column }) => column !== null && !columns.includes(column));
  const errors = missing.map(({ attribute, column }) => missingAttribute(relation, attribute, column as string, columns, file));
  const [first, ...rest] = errors;
  if (first !== undefined) {
    const also = rest.map((error) => error.report());
    throw new AssayError(first.code, first.detail, { place: first.place, help: first.help, also });
  }
  const twice = columns.find((column, index) => wanted.has(column) && columns.indexOf(column) !== index);
  if (twice !== undefined) {
    throw new AssayError("ingest.duplicate_column", `\`${file}\` has two columns \`${twice}\``, { place: file });
  }
  return columns.filter((column) => !wanted.has(column));
}

function missingAttribute(relation: string, attribute: Attribute, column: string, columns: readonly string[], file: string): AssayError {
  const near = nearest(column, columns);
  const only = columns.length === 1 && columns[0] !== undefined ? /[;\t|,]/.exec(columns[0])?.[0] : undefined;
  const names = columns.slice(0, 20).map((name) => `\`${name}\``);
  const has = `the file has ${names.length === 0 ? "no columns" : names.join(", ")}${columns.length > 20 ? ` and ${columns.length - 20} more` : ""}`;
  const help =
    near !== null
      ? `did you mean \`${near}\`? names are case-sensitive; a mapping can give it to the attribute`
      : only !== undefined
        ? `fields seem to be parted by \`${only === "\t" ? "\\t" : only}\`; give the delimiter in a mapping`
        : has;
  const detail = `\`${file}\` has no column \`${column}\` for attribute \`${attribute.name}\` of \`${relation}\``;
  return new AssayError("ingest.missing_attribute", detail, { place: file, help });
}

/** The name among `names` that `name` is most likely a slip for, or null. */
export function nearest(name: string, names: readonly string[]): string | null {
  if (names.length === 0) return null;
  const same = names.find((other) => other.trim().toLowerCase() === name.toLowerCase());
  if (same !== undefined) return same;
  const near = closest(name, names);
  return distance(name, near) <= Math.max(1, Math.ceil(name.length / 2.5)) ? near : null;
}
