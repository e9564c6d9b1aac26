import { AssayError } from "../../schema/assay_error.ts";
import type { Alphabet } from "./alphabet.ts";

/** A history in Foata normal form: layers of independent letters, ascending, each letter of a layer held there by one of the layer before. */
export type Layers = readonly (readonly number[])[];

/** The text of the empty history. */
export const ROOT = "e";

/**
 * Appends steps to a history, keeping its Foata normal form (Cartier and Foata 1969): a letter falls to the layer behind the deepest one
 * that it depends on. Each append looks at every letter of the alphabet once.
 */
export class FoataBuilder {
  readonly #alphabet: Alphabet;
  readonly #layers: number[][] = [];
  /** For each letter the deepest layer that holds it, counted from 1; 0 where none does. */
  readonly #last: Uint32Array;
  #depth = 0;

  constructor(alphabet: Alphabet) {
    this.#alphabet = alphabet;
    this.#last = new Uint32Array(alphabet.size);
  }

  /** The number of steps. */
  get depth(): number {
    return this.#depth;
  }

  /** Appends a letter and returns the layer it fell to, counted from 1. */
  append(letter: number): number {
    let deepest = 0;
    for (let other = 0; other < this.#alphabet.size; other++) {
      const layer = this.#last[other] ?? 0;
      if (layer > deepest && !this.#alphabet.isIndependent(letter, other)) deepest = layer;
    }
    const at = deepest + 1;
    const layer = this.#layers[at - 1];
    if (layer === undefined) this.#layers.push([letter]);
    else insertAscending(layer, letter);
    this.#last[letter] = at;
    this.#depth += 1;
    return at;
  }

  layers(): Layers {
    return this.#layers.map((layer) => [...layer]);
  }
}

/** The normal form of a word of letters: the same for every order that swapping independent neighbours gives. */
export function foataOf(alphabet: Alphabet, word: Iterable<number>): Layers {
  const builder = new FoataBuilder(alphabet);
  for (const letter of word) builder.append(letter);
  return builder.layers();
}

/** A history as text, its primary key: `(a b)(c)`, and `e` for the empty one. */
export function foataText(alphabet: Alphabet, layers: Layers): string {
  if (layers.length === 0) return ROOT;
  return layers.map((layer) => `(${layer.map((letter) => alphabet.names[letter]).join(" ")})`).join("");
}

/**
 * The letters of a history's text in order. The text need not be in normal form: its letters are a word of the history.
 * Errors: `machine.history` for what is no such text, `machine.unknown_step`.
 */
export function readWord(alphabet: Alphabet, text: string): number[] {
  if (text === ROOT) return [];
  if (!/^(\([^() ]+( [^() ]+)*\))+$/.test(text)) {
    throw new AssayError("machine.history", `\`${text.slice(0, 100)}\` is no history; one reads \`(a b)(c)\`, the empty one \`e\``, {
      place: text.slice(0, 100),
    });
  }
  return text
    .slice(1, -1)
    .split(/\)\(| /)
    .map((name) => alphabet.letter(name));
}

/** The letters of a history, layer by layer. */
export function wordOf(layers: Layers): number[] {
  return layers.flat();
}

function insertAscending(layer: number[], letter: number): void {
  let at = layer.length;
  while (at > 0 && (layer[at - 1] ?? 0) > letter) at -= 1;
  layer.splice(at, 0, letter);
}
