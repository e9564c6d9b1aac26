import {
  type AtomLiteral,
  type CompareLiteral,
  definedVariable,
  type KeyOperand,
  type Literal,
  type Operand,
  operandVariables,
  type RuleForm,
  readVariables,
} from "./rule_form.ts";

/**
 * What is given when a rule is run: nothing; a tuple that comes or goes at one atom; a group whose value changes; an index count
 * that changes; the head's cells, to find out whether they are derived; the first `count` of the head's operands.
 */
export type Entry =
  | { readonly kind: "full" }
  | { readonly kind: "atom"; readonly literal: number }
  | { readonly kind: "group"; readonly literal: number }
  | { readonly kind: "size"; readonly literal: number }
  | { readonly kind: "head" }
  | { readonly kind: "outer"; readonly count: number };

/** What planning knows of the data. */
export interface Statistics {
  rows(relation: number): number;
  /** How many rows to expect for one key in these columns. */
  fanOut(relation: number, columns: readonly number[]): number;
}

export type Step =
  | { readonly kind: "judge"; readonly literal: Exclude<Literal, AtomLiteral> }
  /** An atom whose columns all have a value: asks whether it holds. */
  | { readonly kind: "exists"; readonly literal: AtomLiteral; readonly position: number }
  | ScanStep
  /** Where the head is given: compares an operand that the given cells do not bind. */
  | { readonly kind: "headCheck"; readonly column: number };

export interface ScanStep {
  readonly kind: "scan";
  readonly literal: AtomLiteral;
  readonly position: number;
  /** Columns whose value is known before, ascending. */
  readonly keys: readonly { readonly column: number; readonly operand: Operand }[];
}

export interface Plan {
  readonly entry: Entry;
  readonly steps: readonly Step[];
}

const RANGE_COST = 16;

/** Orders a rule's literals: whatever can be judged first, then the atom that is expected to give the fewest rows. */
export function planOf(form: RuleForm, entry: Entry, statistics: Statistics): Plan {
  return new Planner(form, entry, statistics).plan();
}

class Planner {
  readonly #form: RuleForm;
  readonly #entry: Entry;
  readonly #statistics: Statistics;
  readonly #bound = new Set<number>();
  readonly #steps: Step[] = [];
  #waiting: { literal: Literal; position: number }[];
  #headChecks: number[] = [];

  constructor(form: RuleForm, entry: Entry, statistics: Statistics) {
    this.#form = form;
    this.#entry = entry;
    this.#statistics = statistics;
    this.#waiting = form.literals.map((literal, position) => ({ literal, position }));
    this.#enter();
  }

  plan(): Plan {
    while (this.#waiting.length > 0) {
      this.#checkHead();
      const ready = this.#waiting.filter(({ literal }) => this.#isReady(literal)).sort((a, b) => rank(a.literal) - rank(b.literal))[0];
      const scan = this.#cheapestScan();
      if (ready !== undefined && (ready.literal.kind !== "range" || scan === null || this.#cost(scan) > RANGE_COST)) this.#take(ready);
      else if (scan !== null) this.#scan(scan);
      else throw new Error(`a rule of ${this.#form.owner} cannot be planned`);
    }
    this.#checkHead();
    return { entry: this.#entry, steps: this.#steps };
  }

  #enter(): void {
    const entry = this.#entry;
    const bind = (operand: Operand | null | undefined): void => {
      if (operand?.kind === "variable") this.#bound.add(operand.id);
    };
    if (entry.kind === "outer") this.#form.head.slice(0, entry.count).forEach(bind);
    if (entry.kind === "head") {
      for (const [column, operand] of this.#form.head.entries()) {
        if (bindsFromHead(this.#form, column)) bind(operand);
        else this.#headChecks.push(column);
      }
    }
    if (entry.kind !== "atom" && entry.kind !== "group" && entry.kind !== "size") return;
    const literal = this.#form.literals[entry.literal] as Literal;
    this.#waiting = this.#waiting.filter((item) => item.position !== entry.literal);
    if (literal.kind === "atom") literal.args.forEach(bind);
    if (literal.kind === "group" || literal.kind === "size") {
      // A key that another literal computes is compared with what it computes.
      for (const operand of literal.key) bind(operand);
      this.#bound.add(literal.variable);
    }
  }

  /** Compares what the head computes as soon as it is computed. */
  #checkHead(): void {
    const known = this.#headChecks.filter((column) => this.#areBound(operandVariables(this.#form.head[column] as Operand)));
    for (const column of known) this.#steps.push({ kind: "headCheck", column });
    this.#headChecks = this.#headChecks.filter((column) => !known.includes(column));
  }

  #areBound(variables: readonly number[]): boolean {
    return variables.every((id) => this.#bound.has(id));
  }

  #isReady(literal: Literal): boolean {
    return this.#areBound(readVariables(literal));
  }

  #take({ literal, position }: { literal: Literal; position: number }): void {
    this.#waiting = this.#waiting.filter((item) => item.position !== position);
    if (literal.kind === "atom") {
      this.#steps.push({ kind: "exists", literal, position });
      return;
    }
    this.#steps.push({ kind: "judge", literal });
    const defined = definedVariable(literal);
    if (defined !== null) this.#bound.add(defined);
  }

  #cheapestScan(): ScanStep | null {
    let best: ScanStep | null = null;
    let least = Number.POSITIVE_INFINITY;
    for (const { literal, position } of this.#waiting) {
      if (literal.kind !== "atom" || literal.negated) continue;
      const step: ScanStep = { kind: "scan", literal, position, keys: this.#keysOf(literal) };
      const cost = this.#cost(step);
      if (cost >= least) continue;
      best = step;
      least = cost;
    }
    return best;
  }

  #keysOf(literal: AtomLiteral): ScanStep["keys"] {
    return literal.args.flatMap((arg, column) => {
      const operand = arg === null ? null : this.#known(arg);
      return operand === null ? [] : [{ column, operand }];
    });
  }

  /** What gives an argument its value before the atom is read: itself, or the other side of an equation. */
  #known(arg: KeyOperand): Operand | null {
    if (arg.kind === "constant" || this.#bound.has(arg.id)) return arg;
    return this.#equationOf(arg.id)?.term ?? null;
  }

  #equationOf(id: number): { literal: CompareLiteral; term: Operand } | null {
    for (const { literal } of this.#waiting) {
      if (literal.kind !== "compare" || literal.op !== "=") continue;
      for (const [side, other] of [
        [literal.left, literal.right],
        [literal.right, literal.left],
      ] as const) {
        if (side.kind === "variable" && side.id === id && this.#areBound(operandVariables(other))) return { literal, term: other };
      }
    }
    return null;
  }

  #cost(step: ScanStep): number {
    const { relation } = step.literal;
    const columns = step.keys.map((key) => key.column);
    return columns.length === 0 ? this.#statistics.rows(relation) : this.#statistics.fanOut(relation, columns);
  }

  #scan(step: ScanStep): void {
    this.#waiting = this.#waiting.filter((item) => item.position !== step.position);
    for (const { column } of step.keys) {
      const arg = step.literal.args[column];
      if (arg?.kind !== "variable" || this.#bound.has(arg.id)) continue;
      const equation = this.#equationOf(arg.id)?.literal;
      if (step.keys.filter((key) => sameVariable(step.literal.args[key.column], arg.id)).length > 1) continue;
      this.#waiting = this.#waiting.filter((item) => item.literal !== equation);
    }
    this.#steps.push(step);
    for (const arg of step.literal.args) if (arg?.kind === "variable") this.#bound.add(arg.id);
  }
}

function sameVariable(arg: KeyOperand | null | undefined, id: number): boolean {
  return arg?.kind === "variable" && arg.id === id;
}

/** Whether the given cell of a head's column is the value of a variable; otherwise it is compared. A variable's first column binds it. */
export function bindsFromHead(form: RuleForm, column: number): boolean {
  const operand = form.head[column];
  if (operand?.kind !== "variable" || form.variables[operand.id]?.fromAtom !== true) return false;
  return form.head.findIndex((other) => other.kind === "variable" && other.id === operand.id) === column;
}

/** Cheap literals and those that give values first. */
function rank(literal: Literal): number {
  switch (literal.kind) {
    case "compare":
      return 0;
    case "define":
      return 1;
    case "atom":
      return 2;
    case "size":
      return 3;
    case "test":
      return 4;
    case "group":
      return 5;
    case "range":
      return 6;
  }
}
