import type { Value, ValueType } from "../../../schema/value.ts";
import type { IrLiteral, IrRule, IrTerm } from "../../language/ir.ts";

interface Node {
  parent: Node | null;
  computed: boolean;
  readonly constants: Set<Value>;
  type: ValueType | null;
}

/** Columns and constants whose values meet, by equality, order or a shared variable. */
export interface ValueClass {
  /** Whether some rule calculates with its values, so that only numbers themselves will do. */
  readonly isComputed: boolean;
  /** The numbers that rules name. */
  readonly constants: ReadonlySet<Value>;
  readonly type: ValueType | null;
}

/** Finds which columns of relations share their values through some rules: what is only compared may cross as its rank. */
export class ValueClasses {
  readonly #columns = new Map<string, Node>();

  constructor(rules: readonly IrRule[]) {
    for (const rule of rules) {
      const variables = new Map<string, Node>();
      this.#arguments(rule.head.relation, rule.head.args, variables);
      this.#body(rule.body, variables);
    }
  }

  /** The class of one column of a relation; the same object for columns of one class. */
  of(relation: string, column: number): ValueClass {
    const found = root(this.#column(relation, column));
    return { isComputed: found.computed, constants: found.constants, type: found.type };
  }

  /** The same number for columns of one class. */
  key(relation: string, column: number): object {
    return root(this.#column(relation, column));
  }

  /** The class that a term of a rule falls into, given the rule's variables in `scope`, which `scopeOf` made. */
  keyOf(term: IrTerm, scope: ReadonlyMap<string, object>): object | null {
    if (term.kind !== "variable") return null;
    const node = scope.get(term.name);
    return node === undefined ? null : root(node as Node);
  }

  /** The classes of a rule's variables, for printing its constants beside them. */
  scopeOf(rule: IrRule): Map<string, object> {
    const variables = new Map<string, Node>();
    this.#arguments(rule.head.relation, rule.head.args, variables);
    this.#body(rule.body, variables);
    return variables;
  }

  #column(relation: string, column: number): Node {
    const name = `${column} ${relation}`;
    const known = this.#columns.get(name);
    if (known !== undefined) return known;
    const made = node();
    this.#columns.set(name, made);
    return made;
  }

  #arguments(relation: string, args: readonly (IrTerm | null)[], variables: Map<string, Node>): void {
    for (const [column, term] of args.entries()) if (term !== null) unite(this.#column(relation, column), this.#term(term, variables));
  }

  #body(body: readonly IrLiteral[], variables: Map<string, Node>): void {
    for (const literal of body) {
      if (literal.kind === "atom") this.#arguments(literal.relation, literal.args, variables);
      else if (literal.kind === "aggregate") {
        const result = this.#term(literal.result, variables);
        if (literal.op !== "min" && literal.op !== "max") root(result).computed = true;
        for (const element of literal.elements) {
          const keys = element.keys.map((key) => this.#term(key, variables));
          this.#body(element.body, variables);
          const [first] = keys;
          if (first === undefined || literal.op === "count") continue;
          if (literal.op === "min" || literal.op === "max") unite(first, result);
          else root(first).computed = true;
        }
      } else if (literal.kind === "range") {
        for (const term of [literal.result, literal.from, literal.to, literal.step]) {
          if (term !== null) root(this.#term(term, variables)).computed = true;
        }
      } else unite(this.#term(literal.left, variables), this.#term(literal.right, variables));
    }
  }

  #term(term: IrTerm, variables: Map<string, Node>): Node {
    const made = term.kind === "variable" ? (variables.get(term.name) ?? node()) : node();
    if (term.kind === "variable") variables.set(term.name, made);
    const top = root(made);
    top.type ??= term.type;
    if (term.kind === "constant" && term.type !== "symbol") top.constants.add(term.value);
    if (term.kind !== "operation") return made;
    top.computed = true;
    for (const arg of term.args) root(this.#term(arg, variables)).computed = true;
    return made;
  }
}

function node(): Node {
  return { parent: null, computed: false, constants: new Set(), type: null };
}

function root(of: Node): Node {
  let at = of;
  while (at.parent !== null) at = at.parent;
  return at;
}

function unite(left: Node, right: Node): void {
  const [kept, joined] = [root(left), root(right)];
  if (kept === joined) return;
  joined.parent = kept;
  kept.computed ||= joined.computed;
  kept.type ??= joined.type;
  for (const value of joined.constants) kept.constants.add(value);
}
