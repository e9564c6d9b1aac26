import type { IrAtom, IrLiteral, IrProgram, IrRule } from "../../logic/language/ir.ts";
import type { Row } from "../../schema/value.ts";
import type { Choices } from "./choices.ts";
import type { Facts } from "./duckdb_facts.ts";
import { program } from "./ir_builder.ts";
import { RuleMaker } from "./rule_maker.ts";
import { NARROW, TYPE, type Vocabulary } from "./vocabulary.ts";

export interface RandomCase {
  readonly program: IrProgram;
  readonly facts: Facts;
  /** Whether tables are to hold some rows twice, as files may. */
  readonly repeats: boolean;
}

type MadeRule = Omit<IrRule, "id">;

/** A safe, stratified program over the vocabulary's base relations, with facts. Every derived relation is a law, in order. */
export function randomCase(choices: Choices, words: Vocabulary = NARROW): RandomCase {
  const derived: Record<string, string> = {};
  const count = 1 + choices.below(words.most.derived);
  for (let at = 0; at < count; at++) derived[`d${at}`] = choices.of(words.shapes);
  const rules: MadeRule[] = [];
  for (let at = 0; at < count; at++) {
    const lower = { ...words.base, ...Object.fromEntries(Object.entries(derived).slice(0, at)) };
    const recursion = choices.below(3);
    // Some recursions reach over the next relation, so that two depend on each other.
    const reach = recursion === 2 ? at + 2 : recursion === 1 ? at + 1 : at;
    const visible = { ...lower, ...Object.fromEntries(Object.entries(derived).slice(0, reach)) };
    const below = mutual(rules, at) ? Object.fromEntries(Object.entries(lower).filter(([name]) => name in words.base)) : lower;
    const total = 1 + choices.below(words.most.rules);
    for (let nth = 0; nth < total; nth++)
      rules.push(new RuleMaker(choices, words, nth === 0 ? lower : visible, below).rule(`d${at}`, derived[`d${at}`] ?? ""));
  }
  const repeats = choices.below(3) === 2;
  const made = program({ base: words.base, derived, rules: stratified(rules), laws: Object.keys(derived) });
  const relations = new Map([...made.relations].map(([name, relation]) => [name, { ...relation, key: words.keys[name] ?? null }]));
  return { program: { ...made, relations }, facts: randomFacts(choices, words), repeats };
}

function mutual(rules: readonly MadeRule[], at: number): boolean {
  return rules.some((made) => bodyAtoms(made.body).some((atom) => atom.relation === `d${at}`));
}

function bodyAtoms(body: readonly IrLiteral[]): IrAtom[] {
  return body.flatMap((literal) => (literal.kind === "atom" ? [literal] : []));
}

/** Every atom of aggregates in a body, nested ones too. */
function aggregatedAtoms(body: readonly IrLiteral[]): IrAtom[] {
  return body.flatMap((literal) =>
    literal.kind === "aggregate"
      ? literal.elements.flatMap((element) => [...bodyAtoms(element.body), ...aggregatedAtoms(element.body)])
      : [],
  );
}

/** Drops rules that negate or aggregate a relation of their own recursion; the maker avoids most of them. */
function stratified(rules: readonly MadeRule[]): MadeRule[] {
  const latest = (name: string): number => (name.startsWith("d") ? Number(name.slice(1)) : -1);
  return rules.filter((made) => {
    const denied = bodyAtoms(made.body).filter((atom) => atom.negated);
    const strict = [...denied, ...aggregatedAtoms(made.body)].map((atom) => atom.relation);
    return strict.every((name) => latest(name) < 0 || !reaches(rules, name, made.head.relation));
  });
}

function reaches(rules: readonly MadeRule[], from: string, to: string): boolean {
  const seen = new Set([from]);
  for (const name of seen) {
    for (const made of rules) {
      if (made.head.relation !== name) continue;
      for (const atom of [...bodyAtoms(made.body), ...aggregatedAtoms(made.body)]) seen.add(atom.relation);
    }
  }
  return seen.has(to);
}

/** A row of values that the vocabulary gives to a shape. */
export function randomRow(choices: Choices, words: Vocabulary, shape: string): Row {
  return [...shape].map((letter) => choices.of(words.values[TYPE[letter] ?? "symbol"]));
}

function randomFacts(choices: Choices, words: Vocabulary): Facts {
  const facts: Record<string, Row[]> = {};
  for (const [name, shape] of Object.entries(words.base)) {
    const rows = Array.from({ length: 1 + choices.below(words.most.facts) }, () => randomRow(choices, words, shape));
    facts[name] = [...new Map(rows.map((row) => [row.map(String).join("|"), row])).values()];
  }
  return facts;
}
