import type { IrAtom, IrLiteral, IrProgram, IrRule } from "../../language/ir.ts";

/** What evaluating some relations of a program takes. */
export interface Needs {
  /** Every relation the roots depend on, and the roots. */
  readonly reached: ReadonlySet<string>;
  /** How many atoms of reached rules mention each relation. */
  readonly uses: ReadonlyMap<string, number>;
  /** Relations that a recursion reads round by round without being part of it. */
  readonly readInRecursion: ReadonlySet<string>;
}

/** Every atom of a body, those inside aggregates too. */
export function atomsOf(body: readonly IrLiteral[]): IrAtom[] {
  return body.flatMap((literal) => {
    if (literal.kind === "atom") return [literal];
    return literal.kind === "aggregate" ? literal.elements.flatMap((element) => atomsOf(element.body)) : [];
  });
}

/** The program's rules by head relation. */
export function rulesByRelation(program: IrProgram): Map<string, IrRule[]> {
  const byRelation = new Map<string, IrRule[]>();
  for (const rule of program.rules) {
    const rules = byRelation.get(rule.head.relation);
    if (rules === undefined) byRelation.set(rule.head.relation, [rule]);
    else rules.push(rule);
  }
  return byRelation;
}

export function needsOf(program: IrProgram, rules: ReadonlyMap<string, readonly IrRule[]>, roots: readonly string[]): Needs {
  const reached = new Set(roots);
  const uses = new Map<string, number>();
  const readInRecursion = new Set<string>();
  const recursive = new Map<string, ReadonlySet<string>>();
  for (const stratum of program.strata) {
    if (stratum.recursive) for (const relation of stratum.relations) recursive.set(relation, new Set(stratum.relations));
  }
  for (const relation of reached) {
    const members = recursive.get(relation);
    const selecting = program.selections?.get(relation)?.subsumptions ?? [];
    for (const atom of [...(rules.get(relation) ?? []), ...selecting].flatMap((rule) => atomsOf(rule.body))) {
      reached.add(atom.relation);
      uses.set(atom.relation, (uses.get(atom.relation) ?? 0) + 1);
      if (members !== undefined && !members.has(atom.relation)) readInRecursion.add(atom.relation);
    }
  }
  return { reached, uses, readInRecursion };
}
