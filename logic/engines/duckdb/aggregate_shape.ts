import type { IrAggregate, IrAtom, IrLiteral } from "../../language/ir.ts";
import { literalVariables, variablesOf } from "./existential.ts";

/** Whether some literal beside the aggregate is false where its result is `value`, so that such groups need not be kept. */
export function excludesValue(aggregate: IrAggregate, surroundings: readonly IrLiteral[], value: number): boolean {
  const { result } = aggregate;
  if (result.kind === "constant") return Number(result.value) !== value;
  if (result.kind !== "variable") return false;
  return surroundings.some((literal) => {
    if (literal.kind !== "compare" || !literalVariables(literal).has(result.name)) return false;
    const [left, right] = [literal.left, literal.right].map((term) => {
      if (term.kind === "constant" && term.type !== "symbol") return Number(term.value);
      return term.kind === "variable" && term.name === result.name ? value : null;
    });
    if (left === undefined || right === undefined || left === null || right === null) return false;
    return !holds(literal.op, left, right);
  });
}

function holds(op: "=" | "!=" | "<" | "<=" | ">" | ">=", left: number, right: number): boolean {
  switch (op) {
    case "=":
      return left === right;
    case "!=":
      return left !== right;
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
  }
}

/** The one atom whose rows a count of at least two counts, or null where the aggregate is no such count. */
export function countsPairs(aggregate: IrAggregate, surroundings: readonly IrLiteral[]): IrAtom | null {
  const [element] = aggregate.elements;
  if (aggregate.op !== "count" || element === undefined || aggregate.elements.length > 1) return null;
  if (!excludesValue(aggregate, surroundings, 0) || !excludesValue(aggregate, surroundings, 1)) return null;
  const [atom, ...others] = element.body.filter((literal) => literal.kind === "atom" && !literal.negated);
  const plain = element.body.every((literal) => literal.kind === "atom" || literal.kind === "compare" || literal.kind === "test");
  return atom?.kind === "atom" && others.length === 0 && plain ? atom : null;
}

/**
 * Atoms that an aggregate of the same body implies: each asks for a tuple of the group, and the aggregate holds only for groups
 * that have one. The group itself then binds the outer variables, and the atom need not be joined:
 * `r(k, _), n = count : { r(k, x) }, n > 1` is a GROUP BY with HAVING.
 */
export function impliedAtoms(literals: readonly IrLiteral[], isRecursive: (relation: string) => boolean): Map<IrAtom, IrAggregate> {
  const implied = new Map<IrAtom, IrAggregate>();
  const computed = computedVariables(literals);
  for (const aggregate of literals) {
    if (aggregate.kind !== "aggregate" || !needsMembers(aggregate, literals)) continue;
    const atoms = (aggregate.elements[0]?.body ?? []).filter((literal) => literal.kind === "atom" && !literal.negated) as IrAtom[];
    const bound = new Set(atoms.flatMap((atom) => atom.args.flatMap((term) => (term?.kind === "variable" ? [term.name] : []))));
    if (aggregate.outer.length === 0 || !aggregate.outer.every((name) => bound.has(name) && !computed.has(name))) continue;
    for (const atom of literals) {
      if (atom.kind !== "atom" || atom.negated || isRecursive(atom.relation) || implied.has(atom)) continue;
      if (atoms.some((member) => covers(atom, member, aggregate.outer))) implied.set(atom, aggregate);
    }
  }
  return implied;
}

/** Whether the aggregate is false for a group without members. */
function needsMembers(aggregate: IrAggregate, literals: readonly IrLiteral[]): boolean {
  if (aggregate.elements.length !== 1) return false;
  return (aggregate.op !== "count" && aggregate.op !== "sum") || excludesValue(aggregate, literals, 0);
}

/** Variables whose value may be computed, and so may fail. */
function computedVariables(literals: readonly IrLiteral[]): Set<string> {
  return new Set(
    literals.flatMap((literal) => {
      if (literal.kind === "compare") return literal.op === "=" ? [...literalVariables(literal)] : [];
      return literal.kind === "range" || literal.kind === "aggregate" ? [...variablesOf(literal.result)] : [];
    }),
  );
}

/** Whether every tuple that `member` matches in the group is one that `atom` asks for. */
function covers(atom: IrAtom, member: IrAtom, outer: readonly string[]): boolean {
  if (atom.relation !== member.relation) return false;
  return atom.args.every((term, position) => {
    const theirs = member.args[position] ?? null;
    return (
      term === null || (term.kind === "variable" && outer.includes(term.name) && theirs?.kind === "variable" && theirs.name === term.name)
    );
  });
}
