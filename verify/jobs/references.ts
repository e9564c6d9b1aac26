import { dependencies } from "../../logic/language/dependencies.ts";
import type { IrAtom, IrProgram, IrRule } from "../../logic/language/ir.ts";
import type { Value } from "../../schema/value.ts";

/** A law's demand that every value of one attribute stands in a column of another relation. */
export interface Reference {
  readonly attribute: string;
  /** The relation that must hold the value, base or derived, and the position of the column in it. */
  readonly target: string;
  readonly column: number;
  /** The positions of its columns that are held to a constant. */
  readonly where: ReadonlyMap<number, Value>;
}

/**
 * What the laws demand of every fact of a base relation: a law of the form `broken(…) :- fact(…), !target(…)`, and nothing else in its body, has a
 * violation for each fact whose value `target` does not hold. `fact` may stand behind relations that only pass on its columns. A law that
 * asks more, or only of some facts, demands nothing here; so what is found is sound, and need not be all.
 */
export function referencesOf(program: IrProgram, relation: string): Reference[] {
  const laws = new Set(program.laws.filter(({ severity }) => severity === "error").map((law) => law.relation));
  const found = program.rules.flatMap((rule) => (laws.has(rule.head.relation) ? demandsOf(program, rule, relation) : []));
  return [...new Map(found.map((one) => [keyOf(one), one])).values()];
}

function keyOf({ attribute, target, column, where }: Reference): string {
  return JSON.stringify([attribute, target, column, [...where].map(([at, value]) => [at, typeof value, String(value)])]);
}

function demandsOf(program: IrProgram, { body }: IrRule, relation: string): Reference[] {
  const [first, second] = body;
  if (body.length !== 2 || first?.kind !== "atom" || second?.kind !== "atom" || first.negated === second.negated) return [];
  const [fact, target] = first.negated ? [second, first] : [first, second];
  const where = new Map(target.args.flatMap((term, at): [number, Value][] => (term?.kind === "constant" ? [[at, term.value]] : [])));
  return columnsBehind(program, fact, relation, new Set()).flatMap((columns) =>
    target.args.flatMap((term, column): Reference[] => {
      const attribute = term?.kind === "variable" ? columns.get(term.name) : undefined;
      return attribute === undefined ? [] : [{ attribute, target: target.relation, column, where }];
    }),
  );
}

/**
 * For each way in which every fact of `relation` makes `atom` hold, the attribute that each of the atom's variables stands for. An atom
 * that is held to constants or equal columns does not hold for every fact.
 */
function columnsBehind(program: IrProgram, atom: IrAtom, relation: string, passed: ReadonlySet<string>): Map<string, string>[] {
  const names = atom.args.flatMap((term) => (term === null ? [] : [term.kind === "variable" ? term.name : null]));
  if (names.includes(null) || new Set(names).size !== names.length) return [];
  if (atom.relation === relation) {
    const attributes = program.relations.get(relation)?.attributes ?? [];
    const named = atom.args.flatMap((term, at): [string, string][] => {
      const attribute = attributes[at]?.name;
      return term?.kind === "variable" && attribute !== undefined ? [[term.name, attribute]] : [];
    });
    return [new Map(named)];
  }
  if (passed.has(atom.relation)) return [];
  const below = new Set([...passed, atom.relation]);
  return program.rules.flatMap((rule) => {
    const [only] = rule.body;
    if (rule.head.relation !== atom.relation || rule.body.length !== 1 || only?.kind !== "atom" || only.negated) return [];
    return columnsBehind(program, only, relation, below).map((columns) => passedOn(atom, rule, columns));
  });
}

/** The atom's variables by way of the head of the rule that derives it. */
function passedOn(atom: IrAtom, { head }: IrRule, columns: ReadonlyMap<string, string>): Map<string, string> {
  return new Map(
    atom.args.flatMap((term, at): [string, string][] => {
      const inner = head.args[at];
      const attribute = inner?.kind === "variable" ? columns.get(inner.name) : undefined;
      return term?.kind === "variable" && attribute !== undefined ? [[term.name, attribute]] : [];
    }),
  );
}

/**
 * The relations that decide what `relation` holds, itself among them; null where more than rules decide it, as choices do.
 */
export function sourcesOf(program: IrProgram, relation: string): ReadonlySet<string> | null {
  const uses = Map.groupBy(dependencies(program.rules), ({ from }) => from);
  const ruled = new Set(program.rules.map(({ head }) => head.relation));
  const found = new Set([relation]);
  for (const name of found) {
    if (program.relations.get(name)?.role === "derived" && !ruled.has(name)) return null;
    for (const { to } of uses.get(name) ?? []) found.add(to);
  }
  return found;
}
