import type { IrAggregate, IrAtom, IrComparison, IrLiteral, IrRange, IrTerm } from "../../../language/ir.ts";
import { comparison } from "../operators/comparisons.ts";
import { testOf } from "../operators/operator_of.ts";
import { rangeOperator } from "../operators/ranges.ts";
import type { Table } from "../table.ts";
import { compileTerm, type Evaluate, isBound, type Variables } from "./body_terms.ts";
import { type EngineTables, tableOf } from "./engine_tables.ts";
import { RowAccess } from "./row_access.ts";

/** One step of an enumeration, run with the cells of the variables that earlier steps have bound. */
export type Step =
  | ScanStep
  | { readonly kind: "absent"; readonly access: RowAccess; readonly key: readonly Evaluate[] }
  | { readonly kind: "define"; readonly variable: number; readonly value: Evaluate }
  | { readonly kind: "check"; readonly holds: (cells: Int32Array) => boolean }
  | RangeStep
  | { readonly kind: "aggregate"; readonly literal: IrAggregate; readonly variable: number };

/** A positive atom: rows that have `key`, binding the others of its variables. */
export interface ScanStep {
  readonly kind: "scan";
  /** The atom's position in the body. */
  readonly position: number;
  readonly table: Table;
  readonly access: RowAccess;
  readonly key: readonly Evaluate[];
  readonly binds: readonly { readonly column: Int32ArrayOf; readonly variable: number }[];
  /** Columns that must repeat what the atom itself has bound. */
  readonly repeats: readonly { readonly column: Int32ArrayOf; readonly variable: number }[];
}

/** Reads a column anew each time, since tables that grow replace theirs. */
type Int32ArrayOf = () => Int32Array;

export interface RangeStep {
  readonly kind: "range";
  readonly variable: number;
  readonly operator: ReturnType<typeof rangeOperator>;
  readonly from: Evaluate;
  readonly to: Evaluate;
  readonly step: Evaluate | null;
}

/** An equation that waits until its term's variables are bound. */
interface Equation {
  readonly kind: "equation";
  readonly variable: number;
  readonly term: IrTerm;
}

type Waiting = { readonly kind: "literal"; readonly literal: IrLiteral; readonly position: number } | Equation;

/** Plans the enumeration of a body, bound columns first. */
export class BodyPlanner {
  readonly steps: Step[] = [];
  readonly #tables: EngineTables;
  readonly #variables: Variables;
  readonly #bound: Set<string>;
  #waiting: Waiting[];

  constructor(tables: EngineTables, variables: Variables, body: readonly IrLiteral[], bound: ReadonlySet<string>) {
    this.#tables = tables;
    this.#variables = variables;
    this.#bound = new Set(bound);
    this.#waiting = body.map((literal, position) => ({ kind: "literal", literal, position }));
  }

  /** Lets `variable` be compared with a term once that can be computed. */
  equate(variable: number, term: IrTerm): void {
    this.#waiting.push({ kind: "equation", variable, term });
  }

  /** False where the literals do not bind all their variables. */
  plan(): boolean {
    while (this.#waiting.length > 0) {
      const next = this.#waiting.find((item) => this.#isCheap(item)) ?? this.#bestAtom(true) ?? this.#costly() ?? this.#bestAtom(false);
      if (next === undefined) return false;
      this.#waiting = this.#waiting.filter((item) => item !== next);
      if (next.kind === "equation") this.#check(equalTo(next.variable, this.#compile(next.term)));
      else this.#take(next.literal, next.position);
    }
    return true;
  }

  #compile(term: IrTerm): Evaluate {
    return compileTerm(this.#tables.runtime, this.#variables, term);
  }

  #isReady(term: IrTerm | null): boolean {
    return term === null || isBound(term, this.#bound);
  }

  #isCheap(item: Waiting): boolean {
    if (item.kind === "equation") return this.#isReady(item.term);
    const { literal } = item;
    if (literal.kind === "atom") return literal.negated && literal.args.every((term) => this.#isReady(term));
    if (literal.kind === "test") return this.#isReady(literal.left) && this.#isReady(literal.right);
    if (literal.kind !== "compare") return false;
    const [left, right] = [this.#isReady(literal.left), this.#isReady(literal.right)];
    if (left && right) return true;
    return literal.op === "=" && ((left && literal.right.kind === "variable") || (right && literal.left.kind === "variable"));
  }

  #costly(): Waiting | undefined {
    const ready = (kind: "range" | "aggregate"): Waiting | undefined =>
      this.#waiting.find((item) => {
        if (item.kind === "equation" || item.literal.kind !== kind) return false;
        const { literal } = item;
        if (literal.result.kind === "operation" && !this.#isReady(literal.result)) return false;
        if (literal.kind === "range") return [literal.from, literal.to, literal.step].every((term) => this.#isReady(term));
        return literal.outer.every((name) => this.#bound.has(name));
      });
    return ready("range") ?? ready("aggregate");
  }

  /** The positive atom that is likely to give the fewest rows. */
  #bestAtom(withKey: boolean): Waiting | undefined {
    const candidates = this.#waiting.flatMap((item) => {
      if (item.kind === "equation" || item.literal.kind !== "atom" || item.literal.negated) return [];
      const keys = item.literal.args.filter((term) => term !== null && this.#isReady(term)).length;
      if (withKey && keys === 0 && item.literal.args.length > 0) return [];
      const { visible } = tableOf(this.#tables, item.literal.relation);
      return [{ item, rows: keys === item.literal.args.length ? 1 : 1 + visible / 100 ** keys }];
    });
    return candidates.toSorted((a, b) => a.rows - b.rows)[0]?.item;
  }

  #check(holds: (cells: Int32Array) => boolean): void {
    this.steps.push({ kind: "check", holds });
  }

  #take(literal: IrLiteral, position: number): void {
    switch (literal.kind) {
      case "atom":
        if (literal.negated) this.#absent(literal);
        else this.#scan(literal, position);
        return;
      case "compare":
        this.#compare(literal);
        return;
      case "test": {
        const { runtime } = this.#tables;
        const [test, left, right] = [testOf(literal.test), this.#compile(literal.left), this.#compile(literal.right)];
        const wanted = literal.negated ? 0 : 1;
        this.#check((cells) => test(runtime, left(cells), right(cells)) === wanted);
        return;
      }
      case "range":
        this.#range(literal);
        return;
      case "aggregate":
        this.steps.push({ kind: "aggregate", literal, variable: this.#resultOf(literal.result) });
        this.#settle(literal.result);
        return;
    }
  }

  #compare({ op, left, right }: IrComparison): void {
    const free = [left, right].find((term) => !this.#isReady(term));
    if (free?.kind === "variable") {
      this.steps.push({ kind: "define", variable: this.#variables.id(free.name), value: this.#compile(free === left ? right : left) });
      this.#bound.add(free.name);
      return;
    }
    const { runtime } = this.#tables;
    const [holds, first, second] = [comparison(op, left.type), this.#compile(left), this.#compile(right)];
    this.#check((cells) => holds(runtime, first(cells), second(cells)) === 1);
  }

  #range(literal: IrRange): void {
    this.steps.push({
      kind: "range",
      variable: this.#resultOf(literal.result),
      operator: rangeOperator(literal.from.type, literal.inclusive),
      from: this.#compile(literal.from),
      to: this.#compile(literal.to),
      step: literal.step === null ? null : this.#compile(literal.step),
    });
    this.#settle(literal.result);
  }

  /** Where a step puts its result: into a free variable, or beside what it will be compared with. */
  #resultOf(result: IrTerm): number {
    return result.kind === "variable" && !this.#bound.has(result.name) ? this.#variables.id(result.name) : this.#variables.unnamed();
  }

  /** Binds the result of the last step, or compares it. */
  #settle(result: IrTerm): void {
    const step = this.steps.at(-1);
    if (step?.kind !== "range" && step?.kind !== "aggregate") return;
    if (result.kind === "variable" && !this.#bound.has(result.name)) this.#bound.add(result.name);
    else this.#check(equalTo(step.variable, this.#compile(result)));
  }

  #absent(atom: IrAtom): void {
    const bound = atom.args.flatMap((term, column) => (term === null ? [] : [{ term, column }]));
    const columns = bound.map(({ column }) => column);
    const access = new RowAccess(tableOf(this.#tables, atom.relation), columns);
    this.steps.push({ kind: "absent", access, key: bound.map(({ term }) => this.#compile(term)) });
  }

  #scan(atom: IrAtom, position: number): void {
    const table = tableOf(this.#tables, atom.relation);
    const columns: number[] = [];
    const key: Evaluate[] = [];
    const binds: { column: Int32ArrayOf; variable: number }[] = [];
    const repeats: { column: Int32ArrayOf; variable: number }[] = [];
    const mine = new Set<string>();
    for (const [column, term] of atom.args.entries()) {
      if (term === null) continue;
      const cells = (): Int32Array => table.columns[column] as Int32Array;
      if (this.#isReady(term)) {
        columns.push(column);
        key.push(this.#compile(term));
      } else if (term.kind === "variable") {
        (mine.has(term.name) ? repeats : binds).push({ column: cells, variable: this.#variables.id(term.name) });
        mine.add(term.name);
      } else {
        const variable = this.#variables.unnamed();
        binds.push({ column: cells, variable });
        this.equate(variable, term);
      }
    }
    for (const name of mine) this.#bound.add(name);
    this.steps.push({ kind: "scan", position, table, access: new RowAccess(table, columns), key, binds, repeats });
  }
}

function equalTo(variable: number, value: Evaluate): (cells: Int32Array) => boolean {
  return (cells) => cells[variable] === value(cells);
}
