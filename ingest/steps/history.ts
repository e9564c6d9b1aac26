import { AssayError } from "../../schema/assay_error.ts";
import { FoataLayers, historyName } from "../../schema/history.ts";

/** Tells whether two different steps may be swapped. A step depends on itself. */
export type Independence = (a: string, b: string) => boolean;

/** A prefix of a history as the set of its places: bit i is the i-th step done. */
export type Prefix = bigint;

/**
 * What has been done so far: a word of steps in some order in which they may have been done. Everything it tells hangs only on the history, not on that
 * order: layers, names and prefixes. Mutable: steps are appended.
 */
export class History {
  readonly #independent: Independence;
  readonly #steps: string[] = [];
  /** For each place, the places that it depends on, directly or not. */
  readonly #below: Prefix[] = [];
  /** For each place its layer, counted from 1. It is the same in every prefix that has the place. */
  readonly #layers: number[] = [];
  readonly #foata: FoataLayers<string>;

  constructor(independent: Independence, steps: Iterable<string> = []) {
    this.#independent = independent;
    this.#foata = new FoataLayers(independent);
    for (const step of steps) this.append(step);
  }

  get depth(): number {
    return this.#steps.length;
  }

  /** All of it. */
  get whole(): Prefix {
    return (1n << BigInt(this.depth)) - 1n;
  }

  /** Does a step more, and returns its place. */
  append(step: string): number {
    let below = 0n;
    for (let place = 0; place < this.depth; place++) {
      const other = this.#steps[place] as string;
      if (other !== step && this.#independent(other, step)) continue;
      below |= (this.#below[place] ?? 0n) | (1n << BigInt(place));
    }
    this.#steps.push(step);
    this.#below.push(below);
    this.#layers.push(this.#foata.add(step));
    return this.depth - 1;
  }

  /** The steps of a prefix with their layers, in the order of layers and then of names. */
  letters(prefix: Prefix): { readonly layer: number; readonly step: string; readonly place: number }[] {
    const letters = this.#places(prefix).map((place) => ({ layer: this.#layers[place] ?? 0, step: this.#steps[place] ?? "", place }));
    return letters.toSorted((a, b) => a.layer - b.layer || (a.step < b.step ? -1 : 1));
  }

  /** The name of a prefix: its Foata form, `(a b)(c)`. */
  text(prefix: Prefix): string {
    const layers = Map.groupBy(this.letters(prefix), ({ layer }) => layer);
    return historyName([...layers.values()].map((letters) => letters.map(({ step }) => step)));
  }

  /** The places of a prefix that nothing in it depends on: each can have been the last. */
  lastPlaces(prefix: Prefix): number[] {
    const places = this.#places(prefix);
    const covered = places.reduce((all, place) => all | (this.#below[place] ?? 0n), 0n);
    return places.filter((place) => (covered & (1n << BigInt(place))) === 0n);
  }

  step(place: number): string {
    return this.#steps[place] ?? "";
  }

  /**
   * Every prefix that holds the step at `place`, which must be the last one appended, without it: what may have been done when it was. Errors: `limit.step_histories`
   * where there are more than `bound`.
   */
  *before(place: number, bound: number): Generator<Prefix> {
    const start = this.#below[place] ?? 0n;
    const seen = new Set([start]);
    for (const prefix of seen) {
      yield prefix;
      for (let next = 0; next < place; next++) {
        const bit = 1n << BigInt(next);
        if ((prefix & bit) !== 0n || ((this.#below[next] ?? 0n) & ~prefix) !== 0n) continue;
        seen.add(prefix | bit);
        if (seen.size > bound) throw new AssayError("limit.step_histories", `a step brings more than ${bound} histories`);
      }
    }
  }

  #places(prefix: Prefix): number[] {
    const places: number[] = [];
    for (let place = 0; place < this.depth; place++) if ((prefix & (1n << BigInt(place))) !== 0n) places.push(place);
    return places;
  }
}
