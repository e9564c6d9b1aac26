import { AssayError } from "../../schema/assay_error.ts";
import type { Limits } from "../../schema/limits.ts";
import type { Place } from "../../schema/place.ts";
import type { Row, Value } from "../../schema/value.ts";

/** Collects facts with their places. A fact said twice keeps the place where it was said first. */
export class FactSheet {
  readonly #limits: Pick<Limits, "delta_rows" | "symbol_bytes">;
  readonly #facts = new Map<string, Row[]>();
  readonly #places = new Map<string, (Place | null)[]>();
  readonly #seen = new Map<string, Set<string>>();
  #count = 0;

  constructor(limits: Pick<Limits, "delta_rows" | "symbol_bytes">) {
    this.#limits = limits;
  }

  /** Errors: `limit.symbol_bytes`, `limit.delta_rows`. */
  add(relation: string, row: Row, place: Place | null): void {
    const seen = this.#seen.get(relation) ?? this.#begin(relation);
    const identity = row.join("\0");
    if (seen.has(identity)) return;
    for (const value of row) this.#checkValue(value, relation, place);
    this.#count += 1;
    if (this.#count > this.#limits.delta_rows) {
      throw new AssayError("npm.too_many_facts", `more facts than the bound delta_rows, ${this.#limits.delta_rows}`, { place });
    }
    seen.add(identity);
    this.#facts.get(relation)?.push(row);
    this.#places.get(relation)?.push(place);
  }

  rows(relation: string): readonly Row[] {
    return this.#facts.get(relation) ?? [];
  }

  /** Symbols of one relation's rows, one attribute each. */
  *symbols(relation: string, ...attributes: readonly number[]): Generator<string[]> {
    for (const row of this.rows(relation)) yield attributes.map((index) => String(row[index]));
  }

  facts(): ReadonlyMap<string, readonly Row[]> {
    return this.#facts;
  }

  places(): ReadonlyMap<string, readonly (Place | null)[]> {
    return this.#places;
  }

  #begin(relation: string): Set<string> {
    const seen = new Set<string>();
    this.#seen.set(relation, seen);
    this.#facts.set(relation, []);
    this.#places.set(relation, []);
    return seen;
  }

  #checkValue(value: Value, relation: string, place: Place | null): void {
    const bound = this.#limits.symbol_bytes;
    if (typeof value !== "string" || value.length * 3 <= bound || Buffer.byteLength(value) <= bound) return;
    throw new AssayError("limit.symbol_bytes", `a symbol of \`${relation}\` is larger than the bound symbol_bytes, ${bound}`, { place });
  }
}
