import { AssayError } from "../../schema/assay_error.ts";
import { FoataLayers, historyName, stepsOfName } from "../../schema/history.ts";
import type { Alphabet } from "./alphabet.ts";

/** A history in Foata normal form: layers of independent letters, ascending, each letter of a layer held there by one of the layer before. */
export type Layers = readonly (readonly number[])[];

/** The normal form of a word of letters: the same for every order that swapping independent neighbours gives. */
export function foataOf(alphabet: Alphabet, word: Iterable<number>): Layers {
  const foata = new FoataLayers<number>((a, b) => alphabet.isIndependent(a, b));
  const layers: number[][] = [];
  for (const letter of word) {
    const at = foata.add(letter) - 1;
    const layer = layers[at];
    if (layer === undefined) layers.push([letter]);
    else insertAscending(layer, letter);
  }
  return layers;
}

/** A history as text, its primary key: `(a b)(c)`, and `e` for the empty one. */
export function foataText(alphabet: Alphabet, layers: Layers): string {
  return historyName(layers.map((layer) => layer.map((letter) => alphabet.names[letter] ?? "")));
}

/**
 * The letters of a history's text in order. The text need not be in normal form: its letters are a word of the history.
 * Errors: `machine.history` for what is no such text, `machine.unknown_step`.
 */
export function readWord(alphabet: Alphabet, text: string): number[] {
  const steps = stepsOfName(text);
  if (steps === null) {
    throw new AssayError("machine.history", `\`${text.slice(0, 100)}\` is no history; one reads \`(a b)(c)\`, the empty one \`e\``, {
      place: text.slice(0, 100),
    });
  }
  return steps.map((name) => alphabet.letter(name));
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
