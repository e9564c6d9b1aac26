import type { Relation } from "../../../schema/relation.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Source } from "./source.ts";

/**
 * Finds out whether a base table holds a row twice, by looking only at rows whose key occurs more than once. The keys that do
 * are kept, since the law of the key asks for them too. A table known to be free of duplicates is not looked at.
 */
export async function probeDuplicates(evaluation: Evaluation, relation: Relation, key: readonly string[]): Promise<Source> {
  const source = evaluation.source(relation.name);
  if (source.distinct) return source;
  const positions = relation.attributes.flatMap((attribute, position) => (key.includes(attribute.name) ? [position] : []));
  const columns = positions.map((position) => source.columns[position] ?? "");
  const keyed = positions.map((position, at) => `${columns[at]} AS c${position}`);
  const query = `SELECT ${keyed.join(", ")} FROM ${source.sql} AS t GROUP BY ${columns.join(", ")} HAVING count(*) > 1`;
  const { source: table, rows } = await evaluation.createCounted(relation, query);
  const repeated = { table: table.sql, key: positions };
  if (rows === 0) return { ...source, distinct: true, repeated };
  const same = positions.map((position, at) => `r.c${position} = t.${columns[at]}`).join(" AND ");
  const all = source.columns.map((column) => `t.${column}`).join(", ");
  const twice = `SELECT 1 FROM ${source.sql} AS t SEMI JOIN ${table.sql} AS r ON (${same}) GROUP BY ${all} HAVING count(*) > 1 LIMIT 1`;
  const found = await evaluation.session.rows(twice, relation.name);
  return { ...source, distinct: found.length === 0, repeated };
}
