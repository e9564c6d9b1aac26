const WORDS = /\s*(\(|\)|[A-Za-z0-9.+:-]+)/y;
const NESTING_MAX = 50;

/** The most alternatives an expression is written out to; a longer one counts as unreadable. */
export const ALTERNATIVES_MAX = 256;

/**
 * Reads an SPDX licence expression (SPDX 2.3, annex D) as its alternatives: whoever accepts every licence of one alternative
 * may use the package. `MIT OR (Apache-2.0 AND CC-BY-4.0)` gives `[["MIT"], ["Apache-2.0", "CC-BY-4.0"]]`. A licence with an
 * exception is one identifier, `GPL-2.0-only WITH Classpath-exception-2.0`. Null where the text is no such expression.
 */
export function licenceAlternatives(expression: string): readonly (readonly string[])[] | null {
  const words = wordsOf(expression);
  return words === null ? null : new Reader(words).read();
}

function wordsOf(expression: string): readonly string[] | null {
  const words: string[] = [];
  const text = expression.trimEnd();
  WORDS.lastIndex = 0;
  while (WORDS.lastIndex < text.length) {
    const match = WORDS.exec(text);
    if (match?.[1] === undefined) return null;
    words.push(match[1]);
  }
  return words;
}

type Alternatives = readonly (readonly string[])[];

class Reader {
  readonly #words: readonly string[];
  #at = 0;

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  read(): Alternatives | null {
    const all = this.#either(0);
    return all !== null && this.#at === this.#words.length ? all : null;
  }

  #either(depth: number): Alternatives | null {
    let all = this.#both(depth);
    while (all !== null && this.#take("OR")) {
      const more = this.#both(depth);
      all = more === null || all.length + more.length > ALTERNATIVES_MAX ? null : [...all, ...more];
    }
    return all;
  }

  #both(depth: number): Alternatives | null {
    let all = this.#one(depth);
    while (all !== null && this.#take("AND")) {
      const more = this.#one(depth);
      if (more === null || all.length * more.length > ALTERNATIVES_MAX) return null;
      all = all.flatMap((left) => more.map((right) => [...new Set([...left, ...right])]));
    }
    return all;
  }

  #one(depth: number): Alternatives | null {
    if (this.#take("(")) {
      const inner = depth < NESTING_MAX ? this.#either(depth + 1) : null;
      return this.#take(")") ? inner : null;
    }
    const id = this.#identifier();
    if (id === null) return null;
    if (!this.#take("WITH")) return [[id]];
    const exception = this.#identifier();
    return exception === null ? null : [[`${id} WITH ${exception}`]];
  }

  #identifier(): string | null {
    const word = this.#words[this.#at];
    if (word === undefined || /^(?:\(|\)|AND|OR|WITH)$/i.test(word)) return null;
    this.#at += 1;
    return word;
  }

  #take(word: string): boolean {
    if (this.#words[this.#at]?.toUpperCase() !== word) return false;
    this.#at += 1;
    return true;
  }
}
