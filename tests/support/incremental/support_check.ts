import type { IrLiteral, IrProgram } from "../../../logic/language/ir.ts";
import type { Fact } from "../../../schema/fact.ts";
import type { Row } from "../../../schema/value.ts";
import { evaluate, NaiveUndecided, rowKey } from "../naive_eval.ts";
import type { Expected } from "./expectation.ts";
import { factsOf } from "./states.ts";

/**
 * Whether a tuple follows from the facts said to be behind it: positive premises are looked for among those and what they derive,
 * negations and aggregates are judged over the whole state.
 */
export function rederives(program: IrProgram, { state, answer }: Expected, support: readonly Fact[], goal: Fact): boolean {
  if (answer.kind !== "tuples") return true;
  const facts: Record<string, Row[]> = {};
  for (const { relation, row } of support) {
    const rows = facts[relation] ?? [];
    facts[relation] = rows;
    rows.push(row);
  }
  for (const [name, rows] of Object.entries(factsOf(state))) facts[whole(name)] = rows;
  for (const [name, rows] of answer.tuples) facts[whole(name)] = [...rows];
  try {
    const found = evaluate(withWhole(program), facts, [goal.relation], { rounds: 200, rows: 5_000, work: 300_000 });
    return (found.get(goal.relation) ?? []).some((row) => rowKey(row) === rowKey(goal.row));
  } catch (error) {
    // Fewer facts may leave a rule without the tuple that made a condition false before a failing one was looked at.
    if (error instanceof NaiveUndecided) return true;
    throw error;
  }
}

function whole(name: string): string {
  return `${name}?whole`;
}

/** The program with its negations and aggregates over relations that stand for the whole state. */
function withWhole(program: IrProgram): IrProgram {
  return { ...program, rules: program.rules.map((rule) => ({ ...rule, body: rule.body.map((literal) => literalOver(literal, false)) })) };
}

function literalOver(literal: IrLiteral, isInside: boolean): IrLiteral {
  if (literal.kind === "atom") return isInside || literal.negated ? { ...literal, relation: whole(literal.relation) } : literal;
  if (literal.kind !== "aggregate") return literal;
  const elements = literal.elements.map((element) => ({ ...element, body: element.body.map((inner) => literalOver(inner, true)) }));
  return { ...literal, elements };
}
