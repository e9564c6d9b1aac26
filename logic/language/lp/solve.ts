import type { IrAggregate, IrAtom, IrComparison, IrLiteral, IrRange, IrTerm } from "../ir.ts";
import { comparison, literalVariables, renamed, variablesIn } from "./ir_parts.ts";
import { linearForm } from "./linear.ts";
import type { RuleContext } from "./rule_context.ts";

/** Literals in a form in which every variable that can be bound is. */
export interface Solved {
  readonly literals: readonly IrLiteral[];
  readonly isBound: (name: string) => boolean;
  /** Variables whose only value comes of a `#min` or `#max`, with that aggregate. */
  readonly extremes: ReadonlyMap<string, IrAggregate>;
}

/**
 * Finds values for variables as gringo does: positive atoms bind their plain arguments, an equation binds a variable alone on one
 * side, and a linear term `2*X+1`, in an equation or in a positive atom, is solved for its variable. Minima and maxima come last, so
 * that a variable counts as theirs only where nothing else binds it. `given` tells the variables that have values already.
 */
export function solve(literals: readonly IrLiteral[], given: (name: string) => boolean, context: RuleContext): Solved {
  return new Solver(literals, given, context).run();
}

type Waiting = IrComparison | IrRange | IrAggregate;

class Solver {
  readonly #context: RuleContext;
  readonly #given: (name: string) => boolean;
  readonly #bound = new Set<string>();
  readonly #extremes = new Map<string, IrAggregate>();
  /** Results that an equation hands on to a variable of the program. */
  readonly #handedOn: [result: string, variable: string][] = [];
  #done: IrLiteral[] = [];
  #waiting: Waiting[];

  constructor(literals: readonly IrLiteral[], given: (name: string) => boolean, context: RuleContext) {
    this.#context = context;
    this.#given = given;
    this.#waiting = [];
    for (const literal of literals) {
      const waits = literal.kind === "range" || literal.kind === "aggregate" || (literal.kind === "compare" && literal.op === "=");
      if (waits) this.#waiting.push(literal);
      else this.#done.push(literal);
      if (literal.kind === "atom" && !literal.negated) this.#bindPlain(literal);
    }
  }

  run(): Solved {
    while (this.#step()) {}
    let literals: IrLiteral[] = [...this.#done, ...this.#waiting];
    for (const [result, variable] of this.#handedOn) {
      const uses = literals.filter((literal) => [...literalVariables(literal)].includes(result));
      if (uses.length === 2) literals = renamed(literals, result, variable).filter((literal) => !isTrivial(literal));
    }
    return { literals, isBound: (name) => this.#isBound(name), extremes: this.#extremes };
  }

  #isBound(name: string): boolean {
    return this.#bound.has(name) || this.#given(name);
  }

  #allBound(names: Iterable<string>): boolean {
    for (const name of names) if (!this.#isBound(name)) return false;
    return true;
  }

  #bindPlain(atom: IrAtom): void {
    for (const arg of atom.args) if (arg?.kind === "variable") this.#bound.add(arg.name);
  }

  /** Settles one literal; false where none is ready. */
  #step(): boolean {
    const waiting = this.#waiting;
    const extreme = (literal: Waiting): boolean => literal.kind === "aggregate" && (literal.op === "min" || literal.op === "max");
    for (const literal of waiting) if (!extreme(literal) && this.#settle(literal)) return true;
    for (const literal of waiting) if (extreme(literal) && this.#settle(literal)) return true;
    return this.#invertArgument();
  }

  #settle(literal: Waiting): boolean {
    const settled = literal.kind === "compare" ? this.#settleEquation(literal) : this.#settleResult(literal);
    if (settled === null) return false;
    this.#waiting = this.#waiting.filter((other) => other !== literal);
    this.#done.push(...settled);
    return true;
  }

  /** A range or an aggregate whose inputs are bound. Its result is a variable that nothing else binds. */
  #settleResult(literal: IrRange | IrAggregate): IrLiteral[] | null {
    const inputs = literal.kind === "aggregate" ? literal.outer : [...variablesIn(literal.from), ...variablesIn(literal.to)];
    const { result } = literal;
    if (!this.#allBound(inputs) || result.kind !== "variable") return null;
    this.#bound.add(result.name);
    if (literal.kind === "aggregate" && (literal.op === "min" || literal.op === "max")) this.#extremes.set(result.name, literal);
    return [literal];
  }

  #settleEquation(equation: IrComparison): IrLiteral[] | null {
    const { left, right } = equation;
    const [leftBound, rightBound] = [this.#allBound(variablesIn(left)), this.#allBound(variablesIn(right))];
    if (leftBound && rightBound) return [equation];
    if (rightBound) return this.#solveFor(left, right, equation);
    return leftBound ? this.#solveFor(right, left, equation) : null;
  }

  /** Solves `term = value` for the one variable of `term`. */
  #solveFor(term: IrTerm, value: IrTerm, equation: IrComparison): IrLiteral[] | null {
    if (term.kind === "variable") {
      this.#bind(term.name, value);
      if (value.kind === "variable" && this.#context.made.has(value.name)) this.#handedOn.push([value.name, term.name]);
      return [comparison("=", term, value, equation.span)];
    }
    const form = linearForm(term);
    if (form === null || this.#isBound(form.name)) return null;
    const variable: IrTerm = { kind: "variable", name: form.name, type: "number" };
    const number = (constant: bigint): IrTerm => ({ kind: "constant", value: constant, type: "number" });
    const operation = (op: "-" | "/" | "neg", args: IrTerm[]): IrTerm => ({ kind: "operation", op, args, type: "number" });
    const shifted = form.offset === 0n ? value : operation("-", [value, number(form.offset)]);
    this.#bind(form.name, value);
    if (form.factor === 1n) return [comparison("=", variable, shifted, equation.span)];
    if (form.factor === -1n) return [comparison("=", variable, operation("neg", [shifted]), equation.span)];
    const quotient = operation("/", [shifted, number(form.factor)]);
    return [comparison("=", variable, quotient, equation.span), comparison("=", term, value, equation.span)];
  }

  #bind(name: string, value: IrTerm): void {
    this.#bound.add(name);
    for (const source of variablesIn(value)) {
      const extreme = this.#extremes.get(source);
      if (extreme !== undefined) this.#extremes.set(name, extreme);
    }
  }

  /** Takes a linear argument with an unbound variable out of a positive atom, so that the variable is solved for. */
  #invertArgument(): boolean {
    for (const [index, literal] of this.#done.entries()) {
      if (literal.kind !== "atom" || literal.negated) continue;
      for (const [position, arg] of literal.args.entries()) {
        const form = arg?.kind === "operation" ? linearForm(arg) : null;
        if (arg === null || form === null || this.#isBound(form.name)) continue;
        const column = this.#context.fresh(arg.type, literal.span);
        this.#bound.add(column.name);
        this.#done[index] = { ...literal, args: literal.args.with(position, column) };
        this.#waiting.push(comparison("=", arg, column, literal.span));
        return true;
      }
    }
    return false;
  }
}

function isTrivial(literal: IrLiteral): boolean {
  const { kind } = literal;
  return (
    kind === "compare" &&
    literal.op === "=" &&
    literal.left.kind === "variable" &&
    literal.right.kind === "variable" &&
    literal.left.name === literal.right.name
  );
}
