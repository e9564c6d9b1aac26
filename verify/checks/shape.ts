import { didYouMean } from "../../logic/language/did_you_mean.ts";
import type { ProposedDelta, ProposedRow, ProposedValue } from "../../schema/delta.ts";
import type { ErrorCode } from "../../schema/errors.ts";
import type { Place } from "../../schema/place.ts";
import type { Relation } from "../../schema/relation.ts";
import { gateViolation } from "../violation.ts";
import type { ViolationPage } from "../violation_page.ts";

export type Side = "assert" | "retract";

/** A row whose values stand in attribute order; what they are is not checked yet. */
export interface ShapedRow {
  readonly values: readonly ProposedValue[];
  /** RFC 6901 pointer into the delta, and the place the row came from, where one is known. */
  readonly pointer: string;
  readonly place: Place | null;
}

export interface ShapedRows {
  readonly side: Side;
  readonly relation: Relation;
  readonly rows: readonly ShapedRow[];
}

/**
 * Check 1, shape: every relation is a base relation of the theories in force, every row has exactly its attributes.
 * Returns the rows that have the right shape, in attribute order; the others are violations of `gate.shape`.
 */
export function checkShape(delta: ProposedDelta, relations: ReadonlyMap<string, Relation>, page: ViolationPage): ShapedRows[] {
  const shaped: ShapedRows[] = [];
  checkHead(delta, page);
  for (const side of ["assert", "retract"] as const) {
    for (const [name, rows] of delta[side]) {
      const relation = relations.get(name);
      if (relation?.role === "base") shaped.push(shapeRows(delta, side, relation, rows, page));
      else refuseRelation(side, name, relation, relations, page);
    }
  }
  return shaped;
}

/** Texts that the log keeps must be Unicode text without NUL, like any symbol. */
function checkHead(delta: ProposedDelta, page: ViolationPage): void {
  for (const member of ["proposer", "reason", "key"] as const) {
    const text = delta[member] ?? "";
    if (text.isWellFormed() && !text.includes("\0")) continue;
    const message = `the member \`${member}\` holds NUL or half a surrogate pair`;
    page.add(() => gateViolation({ check: "shape", code: "gate.head", message, witness: { member }, place: `/${member}` }));
  }
}

function refuseRelation(
  side: Side,
  name: string,
  relation: Relation | undefined,
  relations: ReadonlyMap<string, Relation>,
  page: ViolationPage,
): void {
  const place = `/${side}/${escapePointer(name)}`;
  const base = [...relations.values()].filter((known) => known.role === "base").map((known) => known.name);
  page.add(() =>
    relation === undefined
      ? gateViolation({
          check: "shape",
          code: "gate.unknown_relation",
          message: `no theory in force declares the relation \`${name}\``,
          witness: { relation: name },
          place,
          help: didYouMean(name, base, "name a base relation of a loaded theory, or load the theory that declares it"),
        })
      : gateViolation({
          check: "shape",
          code: "gate.derived_relation",
          message: `\`${name}\` is derived by rules; facts go into base relations`,
          witness: { relation: name },
          place,
        }),
  );
}

function shapeRows(delta: ProposedDelta, side: Side, relation: Relation, rows: readonly ProposedRow[], page: ViolationPage): ShapedRows {
  const places = side === "assert" ? delta.places.get(relation.name) : undefined;
  const shaped: ShapedRow[] = [];
  const prefix = `/${side}/${escapePointer(relation.name)}/`;
  for (const [index, row] of rows.entries()) {
    const pointer = prefix + index;
    const place = places?.[index] ?? null;
    const values = isArray(row) ? arrayRow(relation, row) : objectRow(relation, row);
    if (!("code" in values)) {
      shaped.push({ values: values.values, pointer, place });
      continue;
    }
    page.add(() =>
      gateViolation({ ...values, check: "shape", witness: { relation: relation.name, row: pointer }, place: place ?? pointer }),
    );
  }
  return { side, relation, rows: shaped };
}

type Shaped =
  | { readonly values: readonly ProposedValue[] }
  | { readonly code: ErrorCode; readonly message: string; readonly help?: string | null };

function arrayRow(relation: Relation, row: readonly ProposedValue[]): Shaped {
  const arity = relation.attributes.length;
  if (row.length === arity) return { values: row };
  const names = relation.attributes.map(({ name }) => name).join(", ");
  return { code: "gate.arity", message: `the row has ${row.length} values, \`${relation.name}\` has ${arity} attributes (${names})` };
}

function objectRow(relation: Relation, row: { readonly [attribute: string]: ProposedValue }): Shaped {
  const names = relation.attributes.map(({ name }) => name);
  const missing = names.filter((name) => !Object.hasOwn(row, name));
  const unknown = Object.keys(row).filter((name) => !names.includes(name));
  const list = (of: readonly string[]) => of.map((name) => `\`${name}\``).join(", ");
  if (unknown.length > 0) {
    const help = didYouMean(unknown[0] as string, missing.length > 0 ? missing : names, `the attributes are ${list(names)}`);
    return { code: "gate.unknown_attribute", message: `\`${relation.name}\` has no attribute ${list(unknown)}`, help };
  }
  if (missing.length > 0) return { code: "gate.missing_attribute", message: `the row of \`${relation.name}\` lacks ${list(missing)}` };
  return { values: names.map((name) => row[name] as ProposedValue) };
}

function isArray(row: ProposedRow): row is readonly ProposedValue[] {
  return Array.isArray(row);
}

function escapePointer(token: string): string {
  return token.replaceAll("~", "~0").replaceAll("/", "~1");
}
