import type { ValueType } from "../../../schema/value.ts";
import type { IrAggregate, IrAtom, IrComparison, IrLiteral, IrRange, IrTerm, IrTest } from "../../language/ir.ts";
import type { NetworkBuilder } from "./network_builder.ts";
import {
  isFallibleOperation,
  type KeyOperand,
  type Literal,
  type Operand,
  type RuleForm,
  type Variable,
  type VariableOperand,
} from "./rule_form.ts";
import { withWildcards } from "./wildcards.ts";

export interface RuleContext {
  readonly network: NetworkBuilder;
  readonly owner: string;
  /** The recursion that the rule's head belongs to. */
  readonly recursion: number | null;
}

/** Outer variables of an aggregate's element that its own atoms do not bind. */
export interface Given {
  readonly variables: readonly { readonly name: string; readonly type: ValueType }[];
  /** The relation that lists their values, or null where whoever asks gives them. */
  readonly demand: number | null;
}

type Waiting = Exclude<IrLiteral, IrAtom> | IrAtom | { readonly kind: "equate"; readonly column: VariableOperand; readonly term: IrTerm };

/**
 * Brings one body into the form that is planned. Which literal gives a variable its value is settled in the order of the body, as
 * the definition of a rule's meaning does: equations first, each as soon as what it reads has a value.
 */
export class RuleBuilder {
  readonly #context: RuleContext;
  readonly #variables: Variable[] = [];
  readonly #names = new Map<string, VariableOperand>();
  readonly #bound = new Set<string>();
  readonly literals: Literal[] = [];

  constructor(context: RuleContext, body: readonly IrLiteral[], given: Given | null) {
    this.#context = context;
    if (given !== null) this.#give(given);
    const waiting: Waiting[] = [];
    for (const literal of body) {
      if (literal.kind === "atom" && !literal.negated) waiting.push(...this.#positive(literal));
      else waiting.push(literal);
    }
    this.#settle(waiting);
  }

  /** The form whose instances give `head`. */
  finish(head: readonly Operand[], literals: readonly Literal[] = this.literals): RuleForm {
    return { owner: this.#context.owner, variables: this.#variables, literals: withWildcards(literals, head), head };
  }

  operand(term: IrTerm): Operand {
    switch (term.kind) {
      case "constant":
        return { kind: "constant", cell: this.#context.network.pools.encode(term.value, term.type), type: term.type };
      case "variable":
        return this.variable(term.name);
      case "operation":
        return { kind: "operation", operation: term, args: term.args.map((argument) => this.operand(argument)), type: term.type };
    }
  }

  variable(name: string): VariableOperand {
    const found = this.#names.get(name);
    if (found === undefined || !this.#bound.has(name)) throw new Error("a variable that nothing binds");
    return found;
  }

  /** Whether evaluating an operand may give a failure. */
  isFallible(operand: Operand): boolean {
    if (operand.kind === "constant") return false;
    if (operand.kind === "variable") return this.#variables[operand.id]?.fallible === true;
    return isFallibleOperation(operand.operation) || operand.args.some((argument) => this.isFallible(argument));
  }

  isFromAtom(id: number): boolean {
    return this.#variables[id]?.fromAtom === true;
  }

  #give({ variables, demand }: Given): void {
    const args = variables.map(({ name, type }) => this.#named(name, type, { fromAtom: true, fallible: false }));
    if (demand !== null) this.literals.push({ kind: "atom", relation: demand, args, negated: false });
  }

  #fresh(type: ValueType, { fromAtom, fallible }: { fromAtom: boolean; fallible: boolean }): VariableOperand {
    this.#variables.push({ type, fromAtom, fallible });
    return { kind: "variable", id: this.#variables.length - 1, type };
  }

  #named(name: string, type: ValueType, how: { fromAtom: boolean; fallible: boolean }): VariableOperand {
    const found = this.#names.get(name);
    if (found !== undefined) return found;
    const variable = this.#fresh(type, how);
    this.#names.set(name, variable);
    this.#bound.add(name);
    return variable;
  }

  /** Adds a positive atom; its arguments that are operations become equations, which wait. */
  #positive(atom: IrAtom): Waiting[] {
    const waiting: Waiting[] = [];
    const args = atom.args.map((term): KeyOperand | null => {
      if (term === null) return null;
      if (term.kind === "variable") return this.#named(term.name, term.type, { fromAtom: true, fallible: false });
      if (term.kind === "constant") return this.operand(term) as KeyOperand;
      const column = this.#fresh(term.type, { fromAtom: true, fallible: false });
      waiting.push({ kind: "equate", column, term });
      return column;
    });
    this.literals.push({ kind: "atom", relation: this.#context.network.relation(atom.relation), args, negated: false });
    return waiting;
  }

  #settle(all: readonly Waiting[]): void {
    let waiting = [...all];
    while (waiting.length > 0) {
      const isEquation = (item: Waiting): boolean => item.kind === "equate" || (item.kind === "compare" && item.op === "=");
      const ready = waiting.find((item) => isEquation(item) && this.#isReady(item)) ?? waiting.find((item) => this.#isReady(item));
      if (ready === undefined) throw new Error(`a rule of ${this.#context.owner} is not safe`);
      waiting = waiting.filter((item) => item !== ready);
      this.#add(ready);
    }
  }

  #isBound(term: IrTerm | null): boolean {
    if (term === null || term.kind === "constant") return true;
    return term.kind === "variable" ? this.#bound.has(term.name) : term.args.every((argument) => this.#isBound(argument));
  }

  #isReady(item: Waiting): boolean {
    const free = (term: IrTerm): boolean => term.kind === "variable" || this.#isBound(term);
    switch (item.kind) {
      case "equate":
        return this.#isBound(item.term);
      case "atom":
        return item.args.every((term) => this.#isBound(term));
      case "test":
        return this.#isBound(item.left) && this.#isBound(item.right);
      case "compare": {
        const [left, right] = [this.#isBound(item.left), this.#isBound(item.right)];
        return (left && right) || (item.op === "=" && ((left && free(item.right)) || (right && free(item.left))));
      }
      case "range":
        return [item.from, item.to, item.step].every((term) => this.#isBound(term)) && free(item.result);
      case "aggregate":
        return item.outer.every((name) => this.#bound.has(name)) && free(item.result);
    }
  }

  #add(item: Waiting): void {
    switch (item.kind) {
      case "equate":
        this.literals.push({ kind: "compare", op: "=", left: item.column, right: this.operand(item.term) });
        return;
      case "atom":
        this.#negative(item);
        return;
      case "test":
        this.#test(item);
        return;
      case "compare":
        this.#compare(item);
        return;
      case "range":
        this.#range(item);
        return;
      case "aggregate":
        this.#aggregate(item);
    }
  }

  #negative(atom: IrAtom): void {
    const args = atom.args.map((term): KeyOperand | null => {
      if (term === null) return null;
      const operand = this.operand(term);
      return operand.kind === "operation" ? this.#define(null, operand) : operand;
    });
    this.literals.push({ kind: "atom", relation: this.#context.network.relation(atom.relation), args, negated: true });
  }

  #test({ test, left, right, negated }: IrTest): void {
    this.literals.push({ kind: "test", test, left: this.operand(left), right: this.operand(right), negated });
  }

  #compare({ op, left, right }: IrComparison): void {
    if (op === "=" && !this.#isBound(left)) this.#define((left as { name: string }).name, this.operand(right));
    else if (op === "=" && !this.#isBound(right)) this.#define((right as { name: string }).name, this.operand(left));
    else this.literals.push({ kind: "compare", op, left: this.operand(left), right: this.operand(right) });
  }

  #define(name: string | null, term: Operand): VariableOperand {
    const how = { fromAtom: false, fallible: this.isFallible(term) };
    const variable = name === null ? this.#fresh(term.type, how) : this.#named(name, term.type, how);
    this.literals.push({ kind: "define", variable: variable.id, term });
    return variable;
  }

  /** The variable of a literal's result: that of the result itself where nothing else binds it, otherwise one to be compared with it. */
  #result(result: IrTerm, fallible: boolean, add: (variable: number) => Literal): void {
    const how = { fromAtom: false, fallible };
    const isFree = !this.#isBound(result);
    const variable = isFree ? this.#named((result as { name: string }).name, result.type, how) : this.#fresh(result.type, how);
    this.literals.push(add(variable.id));
    if (!isFree) this.literals.push({ kind: "compare", op: "=", left: variable, right: this.operand(result) });
  }

  #range({ result, from, to, step, inclusive }: IrRange): void {
    const [first, last] = [this.operand(from), this.operand(to)];
    const stride = step === null ? null : this.operand(step);
    this.#result(result, true, (variable) => {
      return { kind: "range", variable, from: first, to: last, step: stride, type: from.type, inclusive };
    });
  }

  #aggregate(aggregate: IrAggregate): void {
    const { network } = this.#context;
    const size = network.indexCount(aggregate);
    if (size !== null) {
      const key = size.key.map((term) => this.operand(term) as KeyOperand);
      const fallible = key.some((operand) => this.isFallible(operand));
      this.#result(aggregate.result, fallible, (variable) => {
        return { kind: "size", relation: size.relation, columns: size.columns, key, variable };
      });
      return;
    }
    const key = aggregate.outer.map((name) => this.variable(name));
    const group = network.group(aggregate, this.#context, this, key);
    const fallible = group.fallible || key.some((operand) => this.isFallible(operand));
    this.#result(aggregate.result, fallible, (variable) => ({ kind: "group", group: group.id, key, variable }));
  }
}
