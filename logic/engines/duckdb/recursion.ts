import type { Evaluation } from "./evaluation.ts";
import { atomsOf } from "./needs.ts";
import { fitsRecursiveQuery, recursiveAtoms } from "./recursion_shape.ts";
import { relationSelect } from "./select.ts";
import { semiNaive } from "./semi_naive.ts";
import { columnsOf, type Source } from "./source.ts";

/** Computes the relations of a recursive stratum, all of them, into tables. Errors: `UndecidedSignal`. */
export async function evaluateRecursion(evaluation: Evaluation, relations: readonly string[]): Promise<Map<string, Source>> {
  const staged = await stageInputs(evaluation, relations);
  const [only] = relations;
  if (only !== undefined && relations.length === 1 && fitsRecursiveQuery(only, evaluation.rules(only))) {
    const relation = evaluation.relation(only);
    const query = evaluation.lower(only, () => recursiveQuery(evaluation, only, staged));
    return new Map([[only, await evaluation.createTable(relation, `SELECT * FROM (${query})`)]]);
  }
  const tables = await semiNaive(evaluation, relations, staged);
  return new Map([...tables].map(([name, table]) => [name, table.source]));
}

/** `WITH RECURSIVE` for one relation with linear rules; `staged` overrides the sources of relations it reads. */
export function recursiveQuery(
  evaluation: Pick<Evaluation, "relation" | "rules" | "lowering" | "fresh">,
  name: string,
  staged: ReadonlyMap<string, Source>,
): string {
  const relation = evaluation.relation(name);
  const members = new Set([name]);
  const rules = evaluation.rules(name);
  const table = evaluation.fresh();
  const columns = columnsOf(relation);
  const self: Source = { sql: table, columns, distinct: true, dedupe: false };
  const base = evaluation.lowering();
  const lowering = {
    ...base,
    source: (atom: Parameters<typeof base.source>[0]) => (atom.relation === name ? self : (staged.get(atom.relation) ?? base.source(atom))),
    isRecursive: (other: string) => other === name,
  };
  const start = relationSelect(
    lowering,
    relation,
    rules.filter((rule) => recursiveAtoms(rule, members) === 0),
  );
  const step = relationSelect(
    lowering,
    relation,
    rules.filter((rule) => recursiveAtoms(rule, members) > 0),
  );
  return `WITH RECURSIVE ${table}(${columns.join(", ")}) AS ((${start.sql}) UNION (${step.sql})) SELECT * FROM ${table}`;
}

/** Base relations that are no plain tables (a file, a subquery) are read once into a table, not once a round. */
async function stageInputs(evaluation: Evaluation, relations: readonly string[]): Promise<Map<string, Source>> {
  const staged = new Map<string, Source>();
  const members = new Set(relations);
  const recursiveRules = relations.flatMap((name) => evaluation.rules(name)).filter((rule) => recursiveAtoms(rule, members) > 0);
  for (const { relation: name } of recursiveRules.flatMap((rule) => atomsOf(rule.body))) {
    if (members.has(name) || staged.has(name)) continue;
    const source = evaluation.source(name);
    if (source.columns.length === 0 || /^("[^"]+"|\w+)(\.("[^"]+"|\w+))*$/.test(source.sql)) continue;
    const relation = evaluation.relation(name);
    const columns = columnsOf(relation).map((column, position) => `${source.columns[position]} AS ${column}`);
    const table = await evaluation.createTable(relation, `SELECT ${columns.join(", ")} FROM ${source.sql}`);
    staged.set(name, { ...table, distinct: source.distinct });
  }
  return staged;
}
