import type { IrAtom, IrLiteral, IrTerm } from "../../language/ir.ts";
import type { Scope } from "./expression.ts";
import type { Lowering } from "./source.ts";

/** The variables an atom's arguments or a term mention. */
export function variablesOf(of: IrAtom | IrTerm): Set<string> {
  const names = new Set<string>();
  const visit = (term: IrTerm | null): void => {
    if (term?.kind === "variable") names.add(term.name);
    else if (term?.kind === "operation") term.args.forEach(visit);
  };
  if (of.kind === "atom") of.args.forEach(visit);
  else visit(of);
  return names;
}

/** The variables a literal shares with its surroundings: of an aggregate the outer ones and the result. */
export function literalVariables(literal: IrLiteral): Set<string> {
  switch (literal.kind) {
    case "atom":
      return variablesOf(literal);
    case "compare":
    case "test":
      return new Set([...variablesOf(literal.left), ...variablesOf(literal.right)]);
    case "range": {
      const terms = [literal.result, literal.from, literal.to, ...(literal.step === null ? [] : [literal.step])];
      return new Set(terms.flatMap((term) => [...variablesOf(term)]));
    }
    case "aggregate":
      return new Set([...literal.outer, ...variablesOf(literal.result)]);
  }
}

/**
 * The positive atoms that only ask whether a tuple exists: everything they share is bound by other atoms, and some column is
 * read by nothing (or the relation may hold duplicates), so that a join would repeat rows. They become semi joins, unless they
 * are what ties the other atoms together: without them those would be a cross product. Maps each to itself with the unread
 * variables as wildcards.
 */
export function existentialAtoms(
  lowering: Lowering,
  literals: readonly IrLiteral[],
  given: Scope,
  needed: ReadonlySet<string>,
): Map<IrAtom, IrAtom> {
  const chosen = new Map<IrAtom, IrAtom>();
  const positive = literals.filter((literal): literal is IrAtom => literal.kind === "atom" && !literal.negated);
  for (const atom of positive) {
    if (atom.args.length === 0 && !lowering.isRecursive(atom.relation)) {
      chosen.set(atom, atom);
      continue;
    }
    if (lowering.isRecursive(atom.relation) || atom.args.some((term) => term?.kind === "operation")) continue;
    const elsewhere = new Set([...needed, ...given.keys()]);
    for (const other of literals) if (other !== atom) for (const name of literalVariables(other)) elsewhere.add(name);
    const others = positive.filter((other) => other !== atom && !chosen.has(other));
    const joined = new Set([...given.keys(), ...others.flatMap(directVariables)]);
    const names = atom.args.flatMap((term) => (term?.kind === "variable" ? [term.name] : []));
    const repeated = names.some((name, position) => !elsewhere.has(name) && names.indexOf(name) !== position);
    if (repeated || names.some((name) => elsewhere.has(name) && !joined.has(name))) continue;
    if (tiesTogether(names, others, given)) continue;
    const args = atom.args.map((term) => (term?.kind === "variable" && !elsewhere.has(term.name) ? null : term));
    if (args.some((term) => term === null) || !lowering.source(atom).distinct) chosen.set(atom, { ...atom, args });
  }
  return chosen;
}

/** Whether `names` meet several groups of atoms that share no variable (nor a given one) with each other. */
function tiesTogether(names: readonly string[], atoms: readonly IrAtom[], given: Scope): boolean {
  let groups: Set<string>[] = [];
  for (const atom of atoms) {
    const variables = new Set(directVariables(atom).filter((name) => !given.has(name)));
    const touched = groups.filter((group) => !group.isDisjointFrom(variables));
    groups = [...groups.filter((group) => !touched.includes(group)), touched.reduce((merged, group) => merged.union(group), variables)];
  }
  return groups.filter((group) => names.some((name) => group.has(name))).length > 1;
}

function directVariables(atom: IrAtom): string[] {
  return atom.args.flatMap((term) => (term?.kind === "variable" ? [term.name] : []));
}
