import type { IrAggregate, IrLiteral, IrProgram, IrRule, IrTerm } from "../../logic/language/ir.ts";

/**
 * Every breach of what `ir.ts` promises about a compiled program, written apart from the compiler: known relations, arity, types,
 * safety, strata in order, no negation or aggregation inside a stratum, ids, laws. Empty for a sound program.
 */
export function irFaults(program: IrProgram): string[] {
  const faults = program.rules.flatMap((rule) => ruleFaults(program, rule));
  const ids = new Set(program.rules.map((rule) => rule.id));
  if (ids.size !== program.rules.length) faults.push("two rules have one id");
  for (const law of program.laws) {
    if (program.relations.get(law.relation)?.role !== "derived") faults.push(`law ${law.id} is over no derived relation`);
  }
  for (const output of program.outputs)
    if (program.relations.get(output)?.role !== "derived") faults.push(`output ${output} is not derived`);
  return [...faults, ...strataFaults(program)];
}

function ruleFaults(program: IrProgram, rule: IrRule): string[] {
  const faults: string[] = [];
  const say = (what: string): void => void faults.push(`${rule.id}: ${what}`);
  if (program.relations.get(rule.head.relation)?.role !== "derived") say("its head is no derived relation");
  checkAtom(program, rule.head.relation, rule.head.args, say);
  const types = new Map<string, string>();
  const bound = levelFaults(program, rule.body, new Set(), say);
  for (const arg of rule.head.args) for (const name of names(arg)) if (!bound.has(name)) say(`${name} of the head is unbound`);
  for (const term of [...rule.head.args, ...allTerms(rule.body)]) {
    for (const variable of variables(term)) {
      if ((types.get(variable.name) ?? variable.type) !== variable.type) say(`${variable.name} has two types`);
      types.set(variable.name, variable.type);
    }
  }
  return faults;
}

/** Checks the literals of one level and gives the variables bound there. */
function levelFaults(
  program: IrProgram,
  level: readonly IrLiteral[],
  given: ReadonlySet<string>,
  say: (what: string) => void,
): Set<string> {
  const bound = new Set(given);
  const isBound = (term: IrTerm): boolean => names(term).every((name) => bound.has(name));
  for (let before = -1; before !== bound.size; ) {
    before = bound.size;
    for (const literal of level) {
      if (literal.kind === "atom" && !literal.negated) for (const arg of literal.args) if (arg?.kind === "variable") bound.add(arg.name);
      if (literal.kind === "compare" && literal.op === "=") {
        if (literal.left.kind === "variable" && isBound(literal.right)) bound.add(literal.left.name);
        if (literal.right.kind === "variable" && isBound(literal.left)) bound.add(literal.right.name);
      }
      if (literal.kind === "range" && literal.result.kind === "variable" && isBound(literal.from) && isBound(literal.to))
        bound.add(literal.result.name);
      if (literal.kind === "aggregate" && literal.result.kind === "variable" && literal.outer.every((name) => bound.has(name)))
        bound.add(literal.result.name);
    }
  }
  for (const literal of level) {
    for (const term of ownTerms(literal)) if (!isBound(term)) say(`${names(term).filter((name) => !bound.has(name))} is unbound`);
    literalFaults(program, literal, bound, say);
  }
  return bound;
}

function literalFaults(program: IrProgram, literal: IrLiteral, bound: ReadonlySet<string>, say: (what: string) => void): void {
  if (literal.kind === "atom") checkAtom(program, literal.relation, literal.args, say);
  if (literal.kind === "compare" && literal.left.type !== literal.right.type) say("a comparison of two types");
  if (literal.kind === "test" && (literal.left.type !== "symbol" || literal.right.type !== "symbol")) say("a test of no symbols");
  if (literal.kind === "range" && (literal.result.type !== literal.from.type || literal.result.type !== literal.to.type))
    say("a range of two types");
  if (literal.kind === "aggregate") aggregateFaults(program, literal, bound, say);
}

function aggregateFaults(program: IrProgram, aggregate: IrAggregate, bound: ReadonlySet<string>, say: (what: string) => void): void {
  for (const name of aggregate.outer) if (!bound.has(name)) say(`${name} is given to an aggregate but unbound`);
  for (const { keys, body } of aggregate.elements) {
    const inside = levelFaults(program, body, new Set(aggregate.outer), say);
    for (const key of keys) for (const name of names(key)) if (!inside.has(name)) say(`the key ${name} is unbound`);
    for (const term of allTerms(body)) {
      for (const name of names(term))
        if (!aggregate.outer.includes(name) && bound.has(name)) say(`${name} is inside and outside of an aggregate`);
    }
    if (aggregate.op !== "count" && keys[0]?.type !== aggregate.type) say("an aggregate over values of another type");
  }
}

function checkAtom(program: IrProgram, relation: string, args: readonly (IrTerm | null)[], say: (what: string) => void): void {
  const attributes = program.relations.get(relation)?.attributes;
  if (attributes === undefined) say(`unknown relation ${relation}`);
  else if (attributes.length !== args.length) say(`wrong arity of ${relation}`);
  else
    for (const [index, arg] of args.entries()) if (arg !== null && arg.type !== attributes[index]?.type) say(`wrong type for ${relation}`);
}

function strataFaults(program: IrProgram): string[] {
  const position = new Map(program.strata.flatMap((stratum, index) => stratum.relations.map((name) => [name, index] as const)));
  const derived = [...program.relations.values()].filter((relation) => relation.role === "derived");
  const faults = derived.filter((relation) => !position.has(relation.name)).map((relation) => `${relation.name} is in no stratum`);
  if (program.strata.flatMap((stratum) => stratum.relations).length !== derived.length) faults.push("a relation is in two strata");
  const recursive = new Set<number>();
  const visit = (head: string, body: readonly IrLiteral[], strict: boolean): void => {
    const own = position.get(head) ?? -1;
    for (const literal of body) {
      if (literal.kind === "aggregate") for (const element of literal.elements) visit(head, element.body, true);
      if (literal.kind !== "atom" || program.relations.get(literal.relation)?.role !== "derived") continue;
      const other = position.get(literal.relation) ?? -1;
      if (other > own || (other === own && (strict || literal.negated))) faults.push(`${head} comes before ${literal.relation}`);
      if (other === own) recursive.add(own);
    }
  };
  for (const rule of program.rules) visit(rule.head.relation, rule.body, false);
  for (const [index, stratum] of program.strata.entries()) {
    if (stratum.recursive !== recursive.has(index)) faults.push(`stratum ${index} is marked ${stratum.recursive}`);
  }
  return faults;
}

function ownTerms(literal: IrLiteral): readonly IrTerm[] {
  if (literal.kind === "atom") return literal.args.filter((arg) => arg !== null);
  if (literal.kind === "range") return [literal.result, literal.from, literal.to, ...(literal.step === null ? [] : [literal.step])];
  if (literal.kind === "aggregate") return [literal.result];
  return [literal.left, literal.right];
}

function allTerms(body: readonly IrLiteral[]): IrTerm[] {
  return body.flatMap((literal) => {
    const inner = literal.kind === "aggregate" ? literal.elements.flatMap((element) => [...element.keys, ...allTerms(element.body)]) : [];
    return [...ownTerms(literal), ...inner];
  });
}

function variables(term: IrTerm): Extract<IrTerm, { kind: "variable" }>[] {
  if (term.kind === "variable") return [term];
  return term.kind === "operation" ? term.args.flatMap(variables) : [];
}

function names(term: IrTerm): string[] {
  return variables(term).map((variable) => variable.name);
}
