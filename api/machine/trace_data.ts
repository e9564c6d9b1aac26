import type { Alphabet } from "../../compute/traces/alphabet.ts";
import { cliquePolynomial, historiesByLength } from "../../compute/traces/counts.ts";
import { foataOf, foataText, readWord, wordOf } from "../../compute/traces/foata.ts";
import { leastWord } from "../../compute/traces/least_word.ts";
import { isPrefix, join, meet, residual, type Word } from "../../compute/traces/prefix_order.ts";
import { countPrefixes } from "../../compute/traces/word_count.ts";
import { ROOT } from "../../schema/history.ts";
import type { Limits } from "../../schema/limits.ts";

/** The longest length that histories are counted for, whose numbers grow by a digit or so each. */
export const COUNTED_LENGTH = 1_000;

/** What there is to tell of a word of steps: its Foata form, its size, and how many words and prefixes its history has. */
export interface TraceData {
  readonly history: string;
  readonly depth: number;
  readonly height: number;
  readonly least_word: readonly string[];
  readonly layers: readonly (readonly string[])[];
  readonly prefixes: number;
  readonly words: string;
}

/** How two words compare as histories. */
export interface ComparedTraces {
  readonly is_same: boolean;
  readonly is_prefix: boolean;
  readonly meet: string | null;
  readonly join: string | null;
  readonly residual: string | null;
}

/** Words brought to their Foata form, two of them compared, and histories counted up to a length where one is given. */
export function traceData(alphabet: Alphabet, texts: readonly string[], length: number | null, limits: Limits) {
  const words = texts.map((text) => wordIn(alphabet, text));
  const [first, second] = words;
  const compared = first !== undefined && second !== undefined && words.length === 2 ? compare(alphabet, first, second) : null;
  const counts =
    length === null
      ? null
      : {
          clique_polynomial: cliquePolynomial(alphabet, limits).map(String),
          histories: historiesByLength(alphabet, length, limits).map(String),
        };
  return { traces: words.map((word) => traceOf(alphabet, word, limits)), compared, counts };
}

/** A word as a user writes it. Errors: those of `readWord`, `machine.unknown_step`. */
function wordIn(alphabet: Alphabet, text: string): Word {
  if (text === ROOT || text.startsWith("(")) return readWord(alphabet, text);
  const names = text.trim();
  return names === "" ? [] : names.split(/\s+/).map((name) => alphabet.letter(name));
}

function traceOf(alphabet: Alphabet, word: Word, limits: Limits): TraceData {
  const layers = foataOf(alphabet, word);
  const { prefixes, words } = countPrefixes(alphabet, word, limits);
  return {
    history: foataText(alphabet, layers),
    depth: wordOf(layers).length,
    height: layers.length,
    least_word: leastWord(alphabet, word).map((letter) => alphabet.names[letter] ?? ""),
    layers: layers.map((layer) => layer.map((letter) => alphabet.names[letter] ?? "")),
    prefixes,
    words: String(words),
  };
}

function compare(alphabet: Alphabet, first: Word, second: Word): ComparedTraces {
  const name = (word: Word | null): string | null => (word === null ? null : foataText(alphabet, foataOf(alphabet, word)));
  return {
    is_same: name(first) === name(second),
    is_prefix: isPrefix(alphabet, first, second),
    meet: name(meet(alphabet, first, second).meet),
    join: name(join(alphabet, first, second)),
    residual: name(residual(alphabet, first, second)),
  };
}
