import type { Row, Value } from "../../../../schema/value.ts";
import { shownTerms, withoutWildcards } from "../../../explain/shown_terms.ts";
import type { IrLiteral, IrTerm } from "../../../language/ir.ts";
import { compileTerm, type Evaluate } from "./body_terms.ts";
import { compareCells } from "./compare_cells.ts";
import { type EngineTables, relationOf } from "./engine_tables.ts";
import { type Deadline, Enumeration } from "./enumeration.ts";
import { LeastSearch } from "./least_search.ts";

/** One way to satisfy a body: for every literal the values of the terms that explanations show. */
export type FoundInstance = readonly (readonly Value[])[];

export interface FoundInstances {
  /** The least first, by the values in order. */
  readonly instances: readonly FoundInstance[];
  /** How many there are. */
  readonly total: number;
}

/** Finds the least instances of a body for which `terms` have asked values. Made once for a body, asked any number of times. */
export class LeastInstances {
  readonly #tables: EngineTables;
  readonly #terms: readonly IrTerm[];
  readonly #body: readonly IrLiteral[];
  /** What is shown, by literal and in one list. */
  readonly #shown: readonly (readonly IrTerm[])[];
  readonly #order: readonly IrTerm[];
  #search: LeastSearch | null = null;
  #enumeration: Enumeration | null = null;
  #values: readonly Evaluate[] = [];

  constructor(tables: EngineTables, body: readonly IrLiteral[], terms: readonly IrTerm[]) {
    this.#tables = tables;
    this.#terms = terms;
    this.#body = withoutWildcards(body, (name) => relationOf(tables, name));
    this.#shown = this.#body.map(shownTerms);
    this.#order = this.#shown.flat();
  }

  /** The least instance, or null. Errors: `EngineLimit`. */
  least(row: Row, deadline: Deadline): FoundInstance | null {
    this.#search ??= new LeastSearch(this.#tables, this.#body, this.#terms, this.#order);
    const cells = this.#search.find(this.#key(row), deadline);
    return cells === null ? null : this.#decode(cells);
  }

  /** The least `limit` of the instances whose rows, by position in the body, `isWanted`. Errors: `EngineLimit`. */
  find(row: Row, limit: number, deadline: Deadline, isWanted: (rows: Int32Array) => boolean = () => true): FoundInstances {
    const enumeration = this.#enumerated();
    const best: number[][] = [];
    let total = 0;
    enumeration.each(this.#key(row), deadline, () => {
      if (!isWanted(enumeration.rows)) return false;
      total++;
      this.#keep(
        best,
        limit,
        this.#values.map((value) => value(enumeration.cells)),
      );
      return false;
    });
    return { instances: best.map((cells) => this.#decode(cells)), total };
  }

  #enumerated(): Enumeration {
    if (this.#enumeration === null) {
      const enumeration = new Enumeration(this.#tables, this.#body, this.#terms);
      this.#values = this.#order.map((term) => compileTerm(this.#tables.runtime, enumeration.variables, term));
      this.#enumeration = enumeration;
    }
    return this.#enumeration;
  }

  #key(row: Row): number[] {
    return this.#terms.map((term, at) => this.#tables.runtime.pools.encode(row[at] as Value, term.type));
  }

  #keep(best: number[][], limit: number, cells: number[]): void {
    let at = best.length;
    while (at > 0 && compareCells(this.#tables.runtime.pools, this.#order, cells, best[at - 1] as number[]) < 0) at--;
    if (at >= limit) return;
    best.splice(at, 0, cells);
    if (best.length > limit) best.pop();
  }

  #decode(cells: readonly number[]): FoundInstance {
    let at = 0;
    return this.#shown.map((terms) => terms.map(({ type }) => this.#tables.runtime.pools.decode(cells[at++] as number, type)));
  }
}
