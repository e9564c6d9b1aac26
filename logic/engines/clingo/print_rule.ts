import type { IrAggregate, IrAtom, IrComparison, IrLiteral, IrOperation, IrOperator, IrRule, IrTerm } from "../../language/ir.ts";
import type { Carriage } from "./carriage.ts";
import type { Names } from "./names.ts";
import { NotForClingo } from "./not_for_clingo.ts";
import type { ValueClasses } from "./value_classes.ts";

const BINARY: Readonly<Partial<Record<IrOperator, string>>> = {
  "+": "+",
  "-": "-",
  "*": "*",
  "/": "/",
  "%": "\\",
  "^": "**",
  band: "&",
  bor: "?",
  bxor: "^",
};

/** What printing rules needs: names, and how values cross. */
export interface PrintContext {
  readonly names: Names;
  readonly classes: ValueClasses;
  readonly carriage: Carriage;
}

/** Prints the parts of one rule in clingo's language, its variables under names of its own. */
export class RulePrinter {
  readonly #context: PrintContext;
  readonly #relation: string;
  readonly #scope: Map<string, object>;
  readonly #variables = new Map<string, string>();
  #handedOver = 0;

  constructor(context: PrintContext, rule: IrRule) {
    this.#context = context;
    this.#relation = rule.head.relation;
    this.#scope = context.classes.scopeOf(rule);
  }

  atom(relation: string, args: readonly (IrTerm | null)[]): string {
    const name = this.#context.names.predicate(relation);
    if (args.length === 0) return name;
    const { classes } = this.#context;
    return `${name}(${args.map((term, column) => (term === null ? "_" : this.term(term, classes.key(relation, column)))).join(",")})`;
  }

  /** `key` is the class that a constant belongs to. Errors: `NotForClingo` for operators that clingo has not. */
  term(term: IrTerm, key: object | null): string {
    if (term.kind === "variable") return this.#variable(term.name);
    if (term.kind === "constant") return this.#context.carriage.text(term.value, key);
    return this.#operation(term);
  }

  /** A body. A result of an aggregate that is only compared becomes the aggregate's guard, so that nothing is counted out. */
  body(literals: readonly IrLiteral[], elsewhere: readonly IrTerm[] = []): string[] {
    const guards = new Map<IrAggregate, IrComparison[]>();
    const taken = new Set<IrComparison>();
    for (const literal of literals) {
      const own = literal.kind === "aggregate" ? guardsOf(literal, literals, elsewhere) : [];
      if (literal.kind !== "aggregate" || own.some((guard) => taken.has(guard))) continue;
      guards.set(literal, own);
      for (const guard of own) taken.add(guard);
    }
    return literals.flatMap((literal) => {
      if (literal.kind === "aggregate") return this.#aggregate(literal, guards.get(literal) ?? []);
      return taken.has(literal as IrComparison) ? [] : [this.#literal(literal)];
    });
  }

  #literal(literal: Exclude<IrLiteral, IrAggregate>): string {
    switch (literal.kind) {
      case "atom":
        return `${literal.negated ? "not " : ""}${this.atom(literal.relation, literal.args)}`;
      case "compare":
        return this.#comparison(literal);
      case "range": {
        const { result, from, to, step, inclusive } = literal;
        if (step !== null || !inclusive) throw this.#refused("a range with a step or without its end");
        return `${this.term(result, null)} = ${this.term(from, null)}..${this.term(to, null)}`;
      }
      case "test":
        throw this.#refused(`\`${literal.test}\``);
    }
  }

  #comparison({ op, left, right }: IrComparison): string {
    const key = this.#key(left) ?? this.#key(right);
    return `${this.term(left, key)} ${op} ${this.term(right, key)}`;
  }

  #aggregate(literal: IrAggregate, guards: readonly IrComparison[]): string[] {
    const asked = doublyNegated(literal, guards);
    if (asked !== null) return [`not not ${this.atom(asked.relation, asked.args)}`];
    const { op } = literal;
    if (op === "mean") throw this.#refused("`mean`");
    const set = `{ ${literal.elements.map((element) => this.#element(literal, element)).join(" ; ")} }`;
    const extreme = op === "min" || op === "max";
    const some = extreme ? [`#count ${set} >= 1`] : [];
    if (guards.length === 0) return [...some, `${this.term(literal.result, null)} = #${op} ${set}`];
    const key = this.#key(literal.result);
    const compared = guards.map(({ op: sign, left, right }) => {
      const isLeft = isSame(left, literal.result);
      return isLeft ? `#${op} ${set} ${sign} ${this.term(right, key)}` : `${this.term(left, key)} ${sign} #${op} ${set}`;
    });
    return [...some, ...compared];
  }

  #element(literal: IrAggregate, { keys, body }: IrAggregate["elements"][number]): string {
    const key = this.#key(literal.result);
    const isValue = literal.op === "min" || literal.op === "max";
    const { tuple, beside } = this.tuple(literal, keys, (term, at) => this.term(term, at === 0 && isValue ? key : this.#key(term)));
    return `${tuple.length === 0 ? "0" : tuple.join(",")} : ${[...this.body(body, keys), ...beside].join(", ")}`;
  }

  /** The terms of a tuple; one with a variable of the rule is handed over by a variable of the element, or clingo remarks on it. */
  tuple(
    { outer }: IrAggregate,
    keys: readonly IrTerm[],
    print: (term: IrTerm, at: number) => string,
  ): { readonly tuple: string[]; readonly beside: string[] } {
    const beside: string[] = [];
    const tuple = keys.map((term, at) => {
      const text = print(term, at);
      if (!outer.some((name) => mentions(term, name))) return text;
      this.#handedOver += 1;
      const own = this.#variable(`handed over ${this.#handedOver}`);
      beside.push(`${own} = ${text}`);
      return own;
    });
    return { tuple, beside };
  }

  #operation({ op, args, type }: IrOperation): string {
    const [left, right] = args.map((arg) => this.term(arg, null));
    if (type !== "number" || args.some((arg) => arg.type !== "number") || left === undefined) throw this.#refused(`\`${op}\``);
    if (op === "neg") return `(-${left})`;
    if (op === "abs") return `|${left}|`;
    if (op === "bnot") return `(~${left})`;
    const sign = BINARY[op];
    if (sign === undefined || right === undefined) throw this.#refused(`\`${op}\``);
    return `(${left}${sign}${right})`;
  }

  #key(term: IrTerm): object | null {
    return this.#context.classes.keyOf(term, this.#scope);
  }

  #variable(name: string): string {
    const known = this.#variables.get(name) ?? `V${this.#variables.size + 1}`;
    this.#variables.set(name, known);
    return known;
  }

  #refused(what: string): NotForClingo {
    return new NotForClingo("operator", this.#relation, `a rule of \`${this.#relation}\` uses ${what}, which clingo has not`);
  }
}

/** A rule as a statement, with further literals in its body. */
export function ruleText(context: PrintContext, rule: IrRule, more: readonly string[] = []): string {
  const printer = new RulePrinter(context, rule);
  const head = printer.atom(rule.head.relation, rule.head.args);
  return statement(head, [...printer.body(rule.body, rule.head.args), ...more]);
}

export function statement(head: string, body: readonly string[]): string {
  if (body.length === 0) return `${head}.`;
  return `${head}${head === "" ? "" : " "}:- ${body.join(", ")}.`;
}

/** The comparisons that are all the uses of an aggregate's result; none where it is used otherwise too. */
function guardsOf(literal: IrAggregate, literals: readonly IrLiteral[], elsewhere: readonly IrTerm[]): IrComparison[] {
  const { result } = literal;
  if (result.kind !== "variable" || elsewhere.some((term) => mentions(term, result.name))) return [];
  const users = literals.filter((other) => other !== literal && literalMentions(other, result.name));
  const guards = users.filter((other) => other.kind === "compare" && isSame(other.left, result) !== isSame(other.right, result));
  const others = literals.flatMap((other) => {
    return other.kind === "aggregate" && other !== literal && other.result.kind === "variable" ? [other.result.name] : [];
  });
  const isPlain = guards.every(
    (guard) =>
      guard.kind === "compare" &&
      (!mentions(guard.left, result.name) || !mentions(guard.right, result.name)) &&
      !others.some((name) => literalMentions(guard, name)),
  );
  return guards.length === users.length && isPlain ? (guards as IrComparison[]) : [];
}

/** `not not a` is lowered to a count of one at the very place of the atom. */
function doublyNegated(literal: IrAggregate, guards: readonly IrComparison[]): IrAtom | null {
  const [element, another] = literal.elements;
  const [guard] = guards;
  const atom = element?.body[0];
  if (literal.op !== "count" || atom?.kind !== "atom" || atom.negated || atom.span !== literal.span || another !== undefined) return null;
  const isOne = element?.keys.length === 1 && element.body.length === 1 && isConstantOne(element.keys[0]);
  const asksOne = guards.length === 1 && guard?.op === "=" && (isConstantOne(guard.left) || isConstantOne(guard.right));
  return isOne && asksOne ? atom : null;
}

function isConstantOne(term: IrTerm | undefined): boolean {
  return term?.kind === "constant" && term.value === 1n;
}

function isSame(left: IrTerm, right: IrTerm): boolean {
  return left.kind === "variable" && right.kind === "variable" && left.name === right.name;
}

function mentions(term: IrTerm, name: string): boolean {
  if (term.kind === "variable") return term.name === name;
  return term.kind === "operation" && term.args.some((arg) => mentions(arg, name));
}

function literalMentions(literal: IrLiteral, name: string): boolean {
  switch (literal.kind) {
    case "atom":
      return literal.args.some((term) => term !== null && mentions(term, name));
    case "compare":
    case "test":
      return mentions(literal.left, name) || mentions(literal.right, name);
    case "range":
      return [literal.result, literal.from, literal.to, literal.step].some((term) => term !== null && mentions(term, name));
    case "aggregate":
      return literal.outer.includes(name) || mentions(literal.result, name);
  }
}
