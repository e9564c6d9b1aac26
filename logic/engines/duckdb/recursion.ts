import type { Relation } from "../../../schema/relation.ts";
import type { IrRule } from "../../language/ir.ts";
import type { Evaluation } from "./evaluation.ts";
import { atomsOf } from "./needs.ts";
import { fitsRecursiveQuery, recursiveAtoms } from "./recursion_shape.ts";
import { relationSelect } from "./select.ts";
import { semiNaive } from "./semi_naive.ts";
import { columnsOf, type Lowering, type Source } from "./source.ts";

/** Computes the relations of a recursive stratum, all of them, into tables. Errors: `UndecidedSignal`. */
export async function evaluateRecursion(evaluation: Evaluation, relations: readonly string[]): Promise<Map<string, Source>> {
  const staged = await stageInputs(evaluation, relations);
  const [only] = relations;
  if (
    only !== undefined &&
    relations.length === 1 &&
    evaluation.selection(only) === null &&
    fitsRecursiveQuery(only, evaluation.rules(only))
  ) {
    const relation = evaluation.relation(only);
    const base = evaluation.lowering();
    const lowering: Lowering = { ...base, source: (atom) => staged.get(atom.relation) ?? base.source(atom) };
    const query = evaluation.lower(only, () => recursiveQuery({ relation, rules: evaluation.rules(only), lowering }));
    return new Map([[only, await evaluation.createTable(relation, `SELECT * FROM (${query})`)]]);
  }
  const tables = await semiNaive(evaluation, relations, staged);
  return new Map([...tables].map(([name, table]) => [name, table.source]));
}

export interface RecursiveQueryInput {
  readonly relation: Relation;
  readonly rules: readonly IrRule[];
  /** Gives every other relation's tuples. */
  readonly lowering: Lowering;
}

/** `WITH RECURSIVE` for one relation whose rules fit it (`fitsRecursiveQuery`), with the engine's column names. */
export function recursiveQuery({ relation, rules, lowering }: RecursiveQueryInput): string {
  const members = new Set([relation.name]);
  const table = lowering.fresh();
  const columns = columnsOf(relation);
  const self: Source = { sql: table, columns, distinct: true, dedupe: false };
  const within: Lowering = {
    ...lowering,
    source: (atom) => (atom.relation === relation.name ? self : lowering.source(atom)),
    isRecursive: (name) => name === relation.name,
  };
  const recurs = (rule: IrRule): boolean => recursiveAtoms(rule, members) > 0;
  const start = relationSelect(
    within,
    relation,
    rules.filter((rule) => !recurs(rule)),
  );
  const step = relationSelect(within, relation, rules.filter(recurs));
  return `WITH RECURSIVE ${table}(${columns.join(", ")}) AS ((${start.sql}) UNION (${step.sql})) SELECT * FROM ${table}`;
}

/** Base relations that are no plain tables (a file, a subquery) are read once into a table, not once a round. */
export async function stageInputs(evaluation: Evaluation, relations: readonly string[]): Promise<Map<string, Source>> {
  const staged = new Map<string, Source>();
  const members = new Set(relations);
  const rules = relations.flatMap((name) => [...evaluation.rules(name), ...(evaluation.selection(name)?.subsumptions ?? [])]);
  const recursiveRules = rules.filter((rule) => recursiveAtoms(rule, members) > 0);
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
