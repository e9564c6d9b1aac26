import type { IrLiteral, IrProgram, IrRule } from "../../language/ir.ts";
import { withDemand } from "./demand.ts";
import type { DuckDbInput } from "./input.ts";
import { needsOf, rulesByRelation } from "./needs.ts";

/**
 * The part of a program that can derive something in the state at hand: one query asks which base relations are empty, and what
 * depends on a tuple of them falls away before any SQL is made of it. The meaning of `roots` stays what it was.
 * A theory of many laws over few facts spends its time planning statements; this spares most of them. Recursions are narrowed to what `roots` ask of
 * them (`withDemand`), so that no other relation may be read of them.
 * Errors: `SqlError` where a base relation cannot be read.
 */
export async function pruned(input: DuckDbInput, roots: readonly string[]): Promise<IrProgram> {
  const { program } = input;
  const { reached } = needsOf(program, rulesByRelation(program), roots);
  const base = [...reached].filter((name) => program.relations.get(name)?.role === "base");
  if (base.length === 0) return withDemand(program, roots);
  const asked = base.map((name) => `EXISTS (SELECT 1 FROM ${input.table(name)})`);
  const [answer = []] = await input.session.rows(`SELECT ${asked.join(", ")}`);
  return withDemand(withoutEmpty(program, new Set(base.filter((_, position) => answer[position] === false))), roots);
}

/** Leaves out what cannot hold while the relations in `empty` have no tuples. */
export function withoutEmpty(program: IrProgram, empty: ReadonlySet<string>): IrProgram {
  if (empty.size === 0) return program;
  const inhabited = new Set(
    [...program.relations.values()].filter(({ role, name }) => role === "base" && !empty.has(name)).map(({ name }) => name),
  );
  let rules: readonly IrRule[] = [];
  for (let size = -1; size < inhabited.size; ) {
    size = inhabited.size;
    rules = program.rules.filter((rule) => rule.body.every((literal) => canHold(literal, inhabited)));
    for (const rule of rules) inhabited.add(rule.head.relation);
  }
  return { ...program, rules: rules.map((rule) => ({ ...rule, body: rule.body.filter((literal) => !isIdle(literal, inhabited)) })) };
}

/** Whether a literal can hold where only the relations in `inhabited` have tuples. */
function canHold(literal: IrLiteral, inhabited: ReadonlySet<string>): boolean {
  if (literal.kind === "atom") return literal.negated || inhabited.has(literal.relation);
  if (literal.kind !== "aggregate" || literal.op === "count" || literal.op === "sum") return true;
  return literal.elements.some((element) => element.body.every((inner) => canHold(inner, inhabited)));
}

/** Whether a literal always holds because what it denies has no tuples. */
function isIdle(literal: IrLiteral, inhabited: ReadonlySet<string>): boolean {
  return literal.kind === "atom" && literal.negated && !inhabited.has(literal.relation);
}
