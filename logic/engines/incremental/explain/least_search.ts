import type { IrLiteral, IrTerm, IrVariable } from "../../../language/ir.ts";
import { compileTerm, type Evaluate } from "./body_terms.ts";
import { compareCells } from "./compare_cells.ts";
import { type EngineTables, tableOf } from "./engine_tables.ts";
import { type Deadline, Enumeration } from "./enumeration.ts";
import { Existence } from "./existence.ts";
import { RowAccess } from "./row_access.ts";

/** Instances looked through before the search goes variable by variable. */
const FEW_INSTANCES = 256;

/** A variable to be fixed: where its values may come from, and whether an instance is left with one of them. */
interface Fixing {
  readonly variable: IrVariable;
  readonly sources: readonly Source[];
  readonly existence: Existence;
}

interface Source {
  readonly access: RowAccess;
  readonly column: () => Int32Array;
  /** From the cells of the terms and of the variables fixed before. */
  readonly key: readonly ((fixed: readonly number[]) => number)[];
  readonly rows: () => number;
}

/**
 * Finds the instance of a body that is least by `order`, `terms` having given values, without going through all instances: it gives
 * the variables of `order`, one after the other, the least value with which an instance is left. What no atom binds is left to an
 * enumeration of what then remains. Positive atoms of the body must have no wildcards.
 */
export class LeastSearch {
  readonly #tables: EngineTables;
  readonly #body: readonly IrLiteral[];
  readonly #terms: readonly IrTerm[];
  readonly #order: readonly IrTerm[];
  readonly #all: Enumeration;
  readonly #allOrder: readonly Evaluate[];
  #fixings: readonly Fixing[] | null = null;
  #rest: Enumeration | null = null;
  #restOrder: readonly Evaluate[] = [];

  constructor(tables: EngineTables, body: readonly IrLiteral[], terms: readonly IrTerm[], order: readonly IrTerm[]) {
    this.#tables = tables;
    this.#body = body;
    this.#terms = terms;
    this.#order = order;
    this.#all = new Enumeration(tables, body, terms);
    this.#allOrder = this.#compileOrder(this.#all);
  }

  /** Whether the literals bind all their variables; otherwise nothing is found. */
  get isSafe(): boolean {
    return this.#all.isSafe;
  }

  /** The cells of `order` in the least instance, or null where there is none. Errors: `EngineLimit`. */
  find(key: readonly number[], deadline: Deadline): readonly number[] | null {
    const whole = this.#leastOf(this.#all, this.#allOrder, key, deadline, FEW_INSTANCES);
    if (whole !== "many") return whole;
    const fixed = [...key];
    for (const { variable, sources, existence } of this.#prepare()) {
      const cell = this.#leastValue(variable, sources, fixed, (value) => existence.holds([...fixed, value], deadline));
      if (cell === null) throw new Error("an instance is lost");
      fixed.push(cell);
    }
    const found = this.#leastOf(this.#rest as Enumeration, this.#restOrder, fixed, deadline, Number.POSITIVE_INFINITY);
    return found === "many" ? null : found;
  }

  /** The least of all instances; "many" where there are more than `most`. */
  #leastOf(
    enumeration: Enumeration,
    order: readonly Evaluate[],
    key: readonly number[],
    deadline: Deadline,
    most: number,
  ): readonly number[] | "many" | null {
    let best: readonly number[] | null = null;
    let seen = 0;
    enumeration.each(key, deadline, () => {
      if (++seen > most) return true;
      const found = order.map((value) => value(enumeration.cells));
      if (best === null || compareCells(this.#tables.runtime.pools, this.#order, found, best) < 0) best = found;
      return false;
    });
    return seen > most ? "many" : best;
  }

  #compileOrder(enumeration: Enumeration): Evaluate[] {
    return this.#order.map((term) => compileTerm(this.#tables.runtime, enumeration.variables, term));
  }

  #prepare(): readonly Fixing[] {
    if (this.#fixings !== null) return this.#fixings;
    const fixings: Fixing[] = [];
    const terms = [...this.#terms];
    const known = new Set(terms.flatMap((term) => (term.kind === "variable" ? [term.name] : [])));
    for (const term of this.#order) {
      if (term.kind === "constant" || (term.kind === "variable" && known.has(term.name))) continue;
      const sources = term.kind === "variable" ? this.#sources(term, terms) : [];
      // A value that is computed is compared whole, and so is all that comes after it.
      if (term.kind !== "variable" || sources.length === 0) break;
      terms.push(term);
      known.add(term.name);
      fixings.push({ variable: term, sources, existence: new Existence(this.#tables, this.#body, terms) });
    }
    this.#rest = new Enumeration(this.#tables, this.#body, terms);
    this.#restOrder = this.#compileOrder(this.#rest);
    this.#fixings = fixings;
    return fixings;
  }

  /** Atoms that bind a variable, read by the columns whose values are given or fixed. */
  #sources(variable: IrVariable, terms: readonly IrTerm[]): Source[] {
    return this.#body.flatMap((literal) => {
      if (literal.kind !== "atom" || literal.negated) return [];
      const mine = literal.args.findIndex((term) => term?.kind === "variable" && term.name === variable.name);
      if (mine < 0) return [];
      const table = tableOf(this.#tables, literal.relation);
      const columns: number[] = [];
      const key: ((fixed: readonly number[]) => number)[] = [];
      for (const [column, term] of literal.args.entries()) {
        const at = terms.findIndex((given) => given.kind === "variable" && term?.kind === "variable" && given.name === term.name);
        if (term?.kind === "constant") {
          const cell = this.#tables.runtime.pools.encode(term.value, term.type);
          key.push(() => cell);
        } else if (at >= 0) key.push((fixed) => fixed[at] as number);
        else continue;
        columns.push(column);
      }
      const rows = (): number => table.visible / 100 ** columns.length;
      return [{ access: new RowAccess(table, columns), column: () => table.columns[mine] as Int32Array, key, rows }];
    });
  }

  /** The least value of a variable with which `isLeft`: that of the smallest source first, then one after the other. */
  #leastValue(
    variable: IrVariable,
    sources: readonly Source[],
    fixed: readonly number[],
    isLeft: (cell: number) => boolean,
  ): number | null {
    const { pools } = this.#tables.runtime;
    const source = sources.toSorted((a, b) => a.rows() - b.rows())[0] as Source;
    const key = source.key.map((value) => value(fixed));
    const column = source.column();
    const values = new Set<number>();
    for (let row = source.access.first(key); row >= 0; row = source.access.next(row, key)) values.add(column[row] as number);
    const compare = (a: number, b: number): number => pools.compare(a, b, variable.type);
    let first: number | null = null;
    for (const value of values) if (first === null || compare(value, first) < 0) first = value;
    if (first === null || values.size === 1 || isLeft(first)) return first;
    values.delete(first);
    return [...values].sort(compare).find(isLeft) ?? null;
  }
}
