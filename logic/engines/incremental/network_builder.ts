import type { Relation } from "../../../schema/relation.ts";
import type { ValueType } from "../../../schema/value.ts";
import type { IrAggregate, IrLiteral, IrProgram, IrRule, IrTerm } from "../../language/ir.ts";
import { demandLiterals } from "./demand.ts";
import { type GroupNode, type HeadRule, mayFail, type Network, type RelationNode } from "./network.ts";
import type { Pools } from "./pools.ts";
import { type Given, RuleBuilder, type RuleContext } from "./rule_builder.ts";
import type { Operand, RuleForm, VariableOperand } from "./rule_form.ts";

/** The part of a program that `roots` reach, as relations, groups and rules to be maintained. */
export function networkOf(program: IrProgram, roots: readonly string[], pools: Pools): Network {
  const builder = new NetworkBuilder(program, pools);
  for (const name of reachedFrom(program, roots)) builder.relation(name);
  return builder.finish();
}

/** Relations that `roots` depend on, roots included, in the program's order. */
export function reachedFrom(program: IrProgram, roots: readonly string[]): string[] {
  const bodies = new Map<string, IrRule[]>();
  for (const rule of program.rules) bodies.set(rule.head.relation, [...(bodies.get(rule.head.relation) ?? []), rule]);
  const reached = new Set(roots);
  for (const name of reached) {
    for (const rule of bodies.get(name) ?? []) for (const atom of atomNames(rule.body)) reached.add(atom);
  }
  return [...program.relations.keys()].filter((name) => reached.has(name));
}

function atomNames(body: readonly IrLiteral[]): string[] {
  return body.flatMap((literal) => {
    if (literal.kind === "atom") return [literal.relation];
    return literal.kind === "aggregate" ? literal.elements.flatMap((element) => atomNames(element.body)) : [];
  });
}

interface IndexCount {
  readonly relation: number;
  readonly columns: readonly number[];
  readonly key: readonly IrTerm[];
}

export class NetworkBuilder {
  readonly pools: Pools;
  readonly #program: IrProgram;
  readonly #recursions = new Map<string, number>();
  readonly #ids = new Map<string, number>();
  readonly #relations: RelationNode[] = [];
  readonly #groups: GroupNode[] = [];
  readonly #rules: HeadRule[] = [];

  constructor(program: IrProgram, pools: Pools) {
    this.#program = program;
    this.pools = pools;
    for (const [number, stratum] of program.strata.entries()) {
      if (stratum.recursive) for (const name of stratum.relations) this.#recursions.set(name, number);
    }
  }

  /** The number of a relation of the program. */
  relation(name: string): number {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    const relation = this.#program.relations.get(name);
    if (relation === undefined) throw new Error("a rule reads a relation that is not declared");
    const recursion = this.#recursions.get(name) ?? null;
    const role = relation.role === "base" ? "base" : recursion === null ? "counted" : "recursive";
    const types = relation.attributes.map((attribute) => attribute.type);
    const id = this.#relations.length;
    this.#relations.push({ id, owner: name, named: true, types, role, recursion, key: keyOf(relation) });
    this.#ids.set(name, id);
    return id;
  }

  recursionOf(relation: number): number | null {
    return this.#relations[relation]?.recursion ?? null;
  }

  finish(): Network {
    for (const rule of this.#program.rules) {
      const relation = this.#ids.get(rule.head.relation);
      if (relation === undefined) continue;
      const context: RuleContext = { network: this, owner: rule.head.relation, recursion: this.recursionOf(relation) };
      const builder = new RuleBuilder(context, rule.body, null);
      const head = rule.head.args.map((term) => builder.operand(term));
      this.#rules.push({ relation, form: builder.finish(head), failure: "undecided" });
    }
    return { relations: this.#relations, groups: this.#groups, rules: this.#rules };
  }

  /**
   * The index that answers a count: of one atom, all of whose arguments are different variables or constants, either outer or
   * counted. Null where the aggregate is no such count.
   */
  indexCount(aggregate: IrAggregate): IndexCount | null {
    const [element] = aggregate.elements;
    const [atom] = element?.body ?? [];
    if (aggregate.op !== "count" || element === undefined || aggregate.elements.length > 1) return null;
    if (element.body.length > 1 || atom?.kind !== "atom" || atom.negated) return null;
    const counted = new Set(element.keys.flatMap((key) => (key.kind === "variable" ? [key.name] : [])));
    const columns: number[] = [];
    const key: IrTerm[] = [];
    const seen = new Set<string>();
    for (const [position, term] of atom.args.entries()) {
      if (term === null || term.kind === "operation" || (term.kind === "variable" && seen.has(term.name))) return null;
      if (term.kind === "variable") seen.add(term.name);
      if (term.kind === "constant" || aggregate.outer.includes(term.name)) {
        columns.push(position);
        key.push(term);
      } else if (!counted.has(term.name)) return null;
    }
    if (!aggregate.outer.every((name) => seen.has(name))) return null;
    return { relation: this.relation(atom.relation), columns, key };
  }

  /** Makes the group of an aggregate whose outer values are `key` in the rule that `builder` builds. */
  group(aggregate: IrAggregate, context: RuleContext, builder: RuleBuilder, key: readonly VariableOperand[]): GroupNode {
    const given = this.#given(aggregate, context, builder, key);
    const inner: RuleContext = given !== null && given.demand === null ? context : { ...context, recursion: null };
    const forms = aggregate.elements.map(({ keys, body }) => {
      const element = new RuleBuilder(inner, body, given);
      const outer = aggregate.outer.map((name) => element.variable(name));
      return element.finish([...outer, ...keys.map((term) => element.operand(term))]);
    });
    const inline = given !== null && given.demand === null;
    const isSet = aggregate.op === "min" || aggregate.op === "max";
    const repeats = !isSet && !(forms.length === 1 && forms.every(isDistinct));
    const elements = repeats && !inline ? this.#collected(context.owner, forms) : forms;
    const group: GroupNode = {
      id: this.#groups.length,
      owner: context.owner,
      op: aggregate.op,
      outer: key.map((operand) => operand.type),
      type: aggregate.type,
      elements,
      inline,
      repeats: repeats && inline,
      fallible: aggregate.op === "sum" || aggregate.op === "mean" || forms.some(mayFail),
    };
    this.#groups.push(group);
    return group;
  }

  /** What the elements need from outside: nothing where their own atoms bind the outer variables. */
  #given(aggregate: IrAggregate, context: RuleContext, builder: RuleBuilder, key: readonly VariableOperand[]): Given | null {
    const binds = (body: readonly IrLiteral[], name: string): boolean =>
      body.some(
        (literal) =>
          literal.kind === "atom" && !literal.negated && literal.args.some((term) => term?.kind === "variable" && term.name === name),
      );
    if (aggregate.elements.every(({ body }) => aggregate.outer.every((name) => binds(body, name)))) return null;
    const variables = aggregate.outer.map((name, at) => ({ name, type: key[at]?.type as ValueType }));
    const literals = demandLiterals(builder, key, (relation) => {
      return context.recursion !== null && this.recursionOf(relation) === context.recursion;
    });
    if (literals === null) return { variables, demand: null };
    const types = key.map((operand) => operand.type);
    const demand = this.#auxiliary(context.owner, types);
    this.#rules.push({ relation: demand, form: builder.finish(key, literals), failure: "ignored" });
    return { variables, demand };
  }

  /** Relations that hold the keys of elements, each once, and elements that read them: one for each list of key types. */
  #collected(owner: string, forms: readonly RuleForm[]): RuleForm[] {
    const bySignature = new Map<string, { id: number; types: readonly ValueType[] }>();
    for (const form of forms) {
      const types = form.head.map((operand) => operand.type);
      const known = bySignature.get(types.join()) ?? { id: this.#auxiliary(owner, types), types };
      bySignature.set(types.join(), known);
      this.#rules.push({ relation: known.id, form, failure: { group: this.#groups.length } });
    }
    return [...bySignature.values()].map(({ id, types }): RuleForm => {
      const head = types.map((type, at): VariableOperand => ({ kind: "variable", id: at, type }));
      const variables = types.map((type) => ({ type, fromAtom: true, fallible: false }));
      return { owner, variables, literals: [{ kind: "atom", relation: id, args: head, negated: false }], head };
    });
  }

  #auxiliary(owner: string, types: readonly ValueType[]): number {
    const id = this.#relations.length;
    this.#relations.push({ id, owner, named: false, types, role: "counted", recursion: null, key: null });
    return id;
  }
}

function keyOf({ key, attributes }: Relation): number[] | null {
  return key === null ? null : attributes.flatMap(({ name }, position) => (key.includes(name) ? [position] : []));
}

/** Whether instances of an element are distinct in its head: the head's variables then fix all others. */
function isDistinct(form: RuleForm): boolean {
  const fixed = new Set(form.head.flatMap((operand: Operand) => (operand.kind === "variable" ? [operand.id] : [])));
  return form.literals.every((literal) => {
    if (literal.kind === "range") return fixed.has(literal.variable);
    if (literal.kind !== "atom" || literal.negated) return true;
    return literal.args.every((arg) => arg === null || arg.kind === "constant" || fixed.has(arg.id));
  });
}
