import type { RuleBuilder } from "./rule_builder.ts";
import { type AtomLiteral, definedVariable, type Literal, type Operand, operandVariables, readVariables } from "./rule_form.ts";

/**
 * The literals of a rule that list the values of `outer`: what computes them, and atoms that bind what that reads. Null where
 * an atom that is `excluded`, or a value given from outside, would be needed.
 */
export function demandLiterals(
  builder: RuleBuilder,
  outer: readonly Operand[],
  isExcluded: (relation: number) => boolean,
): Literal[] | null {
  const needed = new Set(outer.flatMap(operandVariables));
  const definers: Literal[] = [];
  for (const id of needed) {
    if (builder.isFromAtom(id)) continue;
    const definer = builder.literals.find((literal) => definedVariable(literal) === id);
    if (definer === undefined) return null;
    definers.push(definer);
    for (const read of readVariables(definer)) needed.add(read);
  }
  const roots = [...needed].filter((id) => builder.isFromAtom(id));
  const atoms = builder.literals.filter((literal): literal is AtomLiteral => literal.kind === "atom" && !literal.negated);
  const usable = atoms.filter((atom) => !isExcluded(atom.relation));
  const chosen = coveringAtoms(usable, roots);
  return chosen === null ? null : [...chosen, ...definers.toReversed()];
}

/** One atom that binds all variables, or else all atoms that hang together with them. */
function coveringAtoms(atoms: readonly AtomLiteral[], variables: readonly number[]): AtomLiteral[] | null {
  if (variables.length === 0) return [];
  const bound = new Map(atoms.map((atom) => [atom, new Set(readVariables(atom))]));
  const single = atoms.find((atom) => variables.every((id) => bound.get(atom)?.has(id)));
  if (single !== undefined) return [single];
  const reached = new Set(variables);
  const chosen = new Set<AtomLiteral>();
  for (let grown = true; grown; ) {
    grown = false;
    for (const atom of atoms) {
      const mine = bound.get(atom) ?? new Set();
      if (chosen.has(atom) || ![...mine].some((id) => reached.has(id))) continue;
      chosen.add(atom);
      for (const id of mine) reached.add(id);
      grown = true;
    }
  }
  const all = new Set([...chosen].flatMap((atom) => [...(bound.get(atom) ?? [])]));
  return variables.every((id) => all.has(id)) ? [...chosen] : null;
}
