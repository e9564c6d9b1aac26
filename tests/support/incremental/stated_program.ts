import type { IrAtom, IrLiteral, IrProgram, IrRule, IrVariable } from "../../../logic/language/ir.ts";
import type { Attribute, Relation } from "../../../schema/relation.ts";
import type { Row } from "../../../schema/value.ts";
import type { Facts } from "../duckdb_facts.ts";
import { atom, n, relation } from "../ir_builder.ts";

/** The base relation of all states; no program of a vocabulary has it. */
export const STATES = "?states";

const STATE: IrVariable = n("?state");
const COLUMN: Attribute = { name: "?state", type: "number", declared: "number", fallback: null };

/**
 * The program over many states at once: every relation gets the number of the state as its first column, every atom and aggregate is
 * about one state. Its meaning over facts numbered by state is the program's meaning in every state.
 */
export function statedProgram(program: IrProgram): IrProgram {
  const relations = new Map<string, Relation>(
    [...program.relations].map(([name, one]) => [name, { ...one, attributes: [COLUMN, ...one.attributes], key: null }]),
  );
  return { ...program, relations: relations.set(STATES, relation(STATES, "base", "n")), rules: program.rules.map(statedRule) };
}

/** The facts of several states as those of the stated program, by the number of the state. */
export function statedFacts(states: ReadonlyMap<number, Facts>): Facts {
  const facts: Record<string, Row[]> = { [STATES]: [] };
  for (const [number, state] of states) {
    facts[STATES]?.push([BigInt(number)]);
    for (const [name, rows] of Object.entries(state)) {
      const stated = facts[name] ?? [];
      facts[name] = stated;
      for (const row of rows) stated.push([BigInt(number), ...row]);
    }
  }
  return facts;
}

function statedRule(rule: IrRule): IrRule {
  const body = rule.body.map(stated);
  const isBound = body.some((literal) => literal.kind === "atom" && !literal.negated);
  const head = { ...rule.head, args: [STATE, ...rule.head.args] };
  return { ...rule, head, body: isBound ? body : [atom(STATES, STATE), ...body] };
}

function stated(literal: IrLiteral): IrLiteral {
  if (literal.kind === "atom") return { ...literal, args: [STATE, ...literal.args] } satisfies IrAtom;
  if (literal.kind !== "aggregate") return literal;
  const elements = literal.elements.map((element) => ({ ...element, body: element.body.map(stated) }));
  return { ...literal, elements, outer: [STATE.name, ...literal.outer] };
}
