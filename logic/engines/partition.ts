import type { IrProgram, IrRule, Law } from "../language/ir.ts";
import { atomsOf, needsOf, rulesByRelation } from "./duckdb/needs.ts";

/** A program in two: what another engine can judge as Assay means it, and what the DuckDB engine computes. */
export interface Parts {
  /** The laws that DuckDB judges. */
  readonly ours: readonly Law[];
  readonly theirs: readonly Law[];
  /** The rules that the other engine takes. */
  readonly rules: readonly IrRule[];
  /** Relations that those rules read and do not derive, base or computed by DuckDB. */
  readonly inputs: readonly string[];
}

/** Relations with a rule that the other engine cannot have, and those that `isOurs` names, are ours, and with them all that they depend on. */
export function partition(
  program: IrProgram,
  canHave: (rule: IrRule) => boolean,
  isOurs: (relation: string) => boolean = () => false,
): Parts {
  const byRelation = rulesByRelation(program);
  const kept = program.rules.filter((rule) => !canHave(rule) || isOurs(rule.head.relation)).map((rule) => rule.head.relation);
  const { reached: own } = needsOf(program, byRelation, kept);
  const theirs = program.laws.filter(({ relation }) => !own.has(relation) && byRelation.has(relation));
  const { reached } = needsOf(
    program,
    byRelation,
    theirs.map(({ relation }) => relation),
  );
  const rules = program.rules.filter(({ head }) => reached.has(head.relation) && !own.has(head.relation));
  const heads = new Set(rules.map(({ head }) => head.relation));
  const inputs = new Set(rules.flatMap((rule) => atomsOf(rule.body).map(({ relation }) => relation)).filter((name) => !heads.has(name)));
  return { ours: program.laws.filter((law) => !theirs.includes(law)), theirs, rules, inputs: [...inputs].toSorted() };
}
