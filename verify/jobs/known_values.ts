import { quoteName, quoteText } from "../../schema/sql_session.ts";
import type { Value } from "../../schema/value.ts";
import type { FactBase } from "../fact_base.ts";
import type { KnownValues } from "./answer_shape.ts";
import { type Reference, referencesOf, sourcesOf } from "./references.ts";

/**
 * The values that a job's answer can only take from the facts: where the laws demand of an attribute that its values stand in a relation
 * (`referencesOf`) that the job itself cannot add to, these are all that a lawful answer may say. Attributes with more than `known_values` of
 * them, or with none, are left to their type and the gate. Symbols and integers only.
 */
export async function knownValues(
  base: Pick<FactBase, "program" | "limits" | "query">,
  relations: readonly string[],
): Promise<KnownValues> {
  const known = new Map<string, ReadonlyMap<string, readonly (string | bigint)[]>>();
  for (const relation of relations) {
    const own = new Map<string, readonly (string | bigint)[]>();
    for (const reference of referencesOf(base.program, relation)) {
      const sources = sourcesOf(base.program, reference.target);
      if (sources === null || relations.some((written) => sources.has(written))) continue;
      const values = await valuesOf(base, reference);
      if (values === null) continue;
      const before = own.get(reference.attribute);
      own.set(reference.attribute, before === undefined ? values : values.filter((value) => before.includes(value)));
    }
    const some = [...own].filter(([, values]) => values.length > 0);
    if (some.length > 0) known.set(relation, new Map(some));
  }
  return known;
}

/** The values of a column in ascending order; null where they are too many, or floats. */
async function valuesOf(
  base: Pick<FactBase, "program" | "limits" | "query">,
  { target, column, where }: Reference,
): Promise<readonly (string | bigint)[] | null> {
  const attributes = base.program.relations.get(target)?.attributes ?? [];
  const name = quoteName(attributes[column]?.name ?? "");
  const conditions = [...where].map(([at, value]) => `${quoteName(attributes[at]?.name ?? "")} = ${literal(value)}`);
  const filter = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
  const sql = `SELECT DISTINCT ${name} FROM ${quoteName(target)}${filter} ORDER BY 1`;
  const { rows, more } = await base.query({ sql }, { limit: base.limits.known_values });
  const values = rows.flatMap(([value]) => (typeof value === "string" || typeof value === "bigint" ? [value] : []));
  return more || values.length < rows.length ? null : values;
}

function literal(value: Value): string {
  return typeof value === "string" ? quoteText(value) : String(value);
}
