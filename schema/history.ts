/** The name of the empty history. */
export const ROOT = "e";

/**
 * Finds the layers of a history in Foata normal form (Cartier and Foata 1969), step by step. What it tells hangs only on the history: in
 * whatever order independent steps come, each falls to the same layer. Costs a look at every different step so far.
 */
export class FoataLayers<Step extends string | number> {
  readonly #isIndependent: (a: Step, b: Step) => boolean;
  /** The deepest layer that holds a step. */
  readonly #last = new Map<Step, number>();

  /** `isIndependent` tells of two different steps whether they may be swapped; a step depends on itself. */
  constructor(isIndependent: (a: Step, b: Step) => boolean) {
    this.#isIndependent = isIndependent;
  }

  /** Does a step and returns its layer, counted from 1: one behind the deepest that holds a step it depends on. */
  add(step: Step): number {
    let deepest = 0;
    for (const [other, layer] of this.#last) {
      if (layer > deepest && (other === step || !this.#isIndependent(other, step))) deepest = layer;
    }
    this.#last.set(step, deepest + 1);
    return deepest + 1;
  }
}

/** The name of a history by its layers, `(a b)(c)`. The caller gives each layer in the order of its names' bytes. */
export function historyName(layers: readonly (readonly string[])[]): string {
  return layers.length === 0 ? ROOT : layers.map((layer) => `(${layer.join(" ")})`).join("");
}

/** The steps that a history's name lists, in an order in which they may have been done; null for a text that is no such name. */
export function stepsOfName(name: string): string[] | null {
  if (name === ROOT) return [];
  return /^(?:\([^() ]+(?: [^() ]+)*\))+$/.test(name) ? name.slice(1, -1).split(/\)\(| /) : null;
}
