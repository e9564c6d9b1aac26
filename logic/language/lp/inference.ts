import type { Span } from "../../../schema/place.ts";
import { spanText } from "../../../schema/place.ts";
import { unreachable } from "../../../schema/unreachable.ts";
import type { AggregateLiteral, Formula, Term } from "../ast.ts";
import type { DiagnosticSink } from "../diagnostic_sink.ts";
import type { PlainRule } from "./plain_rule.ts";
import type { Predicate } from "./predicates.ts";
import { printTerm } from "./print_term.ts";
import { describeType, rootOf, type TypeNode, typeNode, unify } from "./type_node.ts";
import { termsOf, termsWithin, variableNames } from "./walk.ts";

/** The variables that one rule, or one element of an aggregate, can see, with their types. */
export class VariableScope {
  readonly #outer: VariableScope | null;
  readonly #types = new Map<string, TypeNode>();
  readonly #elements = new Map<AggregateElement, VariableScope>();
  /** In a rule's scope: the names that stand outside aggregates. An element's own names are those that are not among them. */
  readonly global: ReadonlySet<string>;

  constructor(global: ReadonlySet<string>, outer: VariableScope | null) {
    this.global = global;
    this.#outer = outer;
  }

  typeOf(name: string, span: Span): TypeNode {
    if (this.#outer !== null && this.global.has(name)) return this.#outer.typeOf(name, span);
    const known = this.#types.get(name);
    if (known !== undefined) return known;
    const fresh = typeNode(span);
    this.#types.set(name, fresh);
    return fresh;
  }

  /** The scope of an aggregate's element in this rule. */
  ofElement(element: AggregateElement): VariableScope {
    const known = this.#elements.get(element);
    if (known !== undefined) return known;
    const inner = new VariableScope(this.global, this);
    this.#elements.set(element, inner);
    return inner;
  }
}

type AggregateElement = AggregateLiteral["elements"][number];

/** Finds the types of all variables and arguments by unification over all rules together; clashes go to the sink. */
export class Inference {
  readonly #predicates: ReadonlyMap<string, Predicate>;
  readonly #sink: DiagnosticSink;
  #clashes = 0;

  constructor(predicates: ReadonlyMap<string, Predicate>, sink: DiagnosticSink) {
    this.#predicates = predicates;
    this.#sink = sink;
  }

  /** Returns the scope of every rule without a clash. */
  run(rules: readonly PlainRule[]): Map<PlainRule, VariableScope> {
    const scopes = new Map<PlainRule, VariableScope>();
    for (const rule of rules) {
      const before = this.#clashes;
      const global = variableNames([...rule.head.args.flatMap((arg) => [...termsWithin(arg)]), ...termsOf(rule.body, false)]);
      const scope = new VariableScope(global, null);
      this.#arguments(rule.head.relation, rule.head.args, scope);
      for (const formula of rule.body) this.#formula(formula, scope);
      if (this.#clashes === before) scopes.set(rule, scope);
    }
    return scopes;
  }

  #arguments(relation: string, args: readonly Term[], scope: VariableScope): void {
    const types = this.#predicates.get(relation)?.types ?? [];
    args.forEach((arg, index) => {
      const type = types[index];
      if (type !== undefined) this.#unify(this.typeOf(arg, scope), type, arg, `argument ${index + 1} of \`${relation}\``);
    });
  }

  #formula(formula: Formula, scope: VariableScope): void {
    if (formula.kind === "atom") this.#arguments(formula.relation, formula.args, scope);
    else if (formula.kind === "not") this.#formula(formula.of, scope);
    else if (formula.kind === "aggregate_literal") this.#aggregate(formula, scope);
    else if (formula.kind === "compare") {
      const left = this.typeOf(formula.left, scope);
      this.#unify(this.typeOf(formula.right, scope), left, formula.right, `\`${printTerm(formula.left)}\``);
    }
  }

  #aggregate(aggregate: AggregateLiteral, scope: VariableScope): void {
    const value = typeNode(aggregate.span);
    if (aggregate.op === "count") unify(value, typeNode(aggregate.span, { kind: "primitive", type: "number", declared: true }));
    else if (aggregate.op !== "min" && aggregate.op !== "max") unify(value, typeNode(aggregate.span, { kind: "numeric" }));
    const what = `\`#${aggregate.op}\``;
    for (const element of aggregate.elements) {
      const inner = scope.ofElement(element);
      element.terms.forEach((term, index) => {
        const type = this.typeOf(term, inner);
        if (index === 0 && aggregate.op !== "count") this.#unify(type, value, term, what);
      });
      for (const part of element.condition) this.#formula(part, inner);
    }
    for (const guard of [aggregate.left, aggregate.right]) {
      if (guard !== null) this.#unify(this.typeOf(guard.term, scope), value, guard.term, what);
    }
  }

  /** The type of a term. Asked again after inference, it gives the same type. */
  typeOf(term: Term, scope: VariableScope): TypeNode {
    switch (term.kind) {
      case "variable":
        return scope.typeOf(term.name, term.span);
      case "wildcard":
        return typeNode(term.span);
      case "integer":
        return typeNode(term.span, { kind: "numeric" });
      case "string":
        return typeNode(term.span, { kind: "primitive", type: "symbol", declared: false });
      case "constant":
        if (term.name.startsWith("#")) this.#report("lp.clingo_only", term, `\`${term.name}\` is no value that a relation can hold`, null);
        return typeNode(term.span, { kind: "primitive", type: "symbol", declared: false });
      case "function":
        return typeNode(term.span, { kind: "function", name: term.name, args: term.args.map((arg) => this.typeOf(arg, scope)) });
      case "operation":
        return this.#numeric(term, term.args, scope);
      case "interval":
        return this.#numeric(term, [term.from, term.to], scope);
      case "unsigned":
      case "float":
      case "call":
      case "aggregate":
      case "pool":
      case "record":
      case "nil":
      case "branch":
      case "cast":
        throw new Error(`a ${term.kind} term is not part of a plain rule of clingo's dialect`);
      default:
        return unreachable(term);
    }
  }

  #numeric(term: Term, operands: readonly Term[], scope: VariableScope): TypeNode {
    const type = typeNode(term.span, { kind: "numeric" });
    for (const operand of operands) this.#unify(this.typeOf(operand, scope), type, operand, `\`${printTerm(term)}\``);
    return type;
  }

  #unify(type: TypeNode, wanted: TypeNode, term: Term, where: string): void {
    const clash = unify(type, wanted);
    if (clash === null) return;
    const [here, there] = [describeType(clash.left), describeType(clash.right)];
    const declared = [clash.left, clash.right].some((node) => {
      const content = rootOf(node).content;
      return content?.kind === "primitive" && content.declared;
    });
    const places = [clash.left, clash.right].map((node) => spanText(node.span)).join(" and ");
    const message = `\`${printTerm(term)}\` meets ${where}: ${here} and ${there} (${places})`;
    if (declared) this.#report("check.type_conflict", term, message, "give the argument a value of the declared type");
    else
      this.#report(
        "lp.clingo_only",
        term,
        message,
        "let each argument hold values of one kind: clingo mixes them, a typed relation cannot",
      );
  }

  #report(code: "lp.clingo_only" | "check.type_conflict", term: Term, message: string, help: string | null): void {
    this.#clashes++;
    this.#sink.error(code, { span: term.span, text: printTerm(term) }, message, help);
  }
}
