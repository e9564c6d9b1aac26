/** A ground term as clingo prints it: a number, a text, or a name with arguments (a constant has none, a tuple the empty name). */
export type GroundTerm = number | string | GroundFunction;

export interface GroundFunction {
  readonly name: string;
  readonly args: readonly GroundTerm[];
}

const NUMBER = /-?\d+/y;
const NAME = /-?[_']*[A-Za-z][A-Za-z0-9_']*|#inf|#sup/y;
const PLAIN = /[^"\\]*/y;

/** Reads terms with blanks between them. Errors: a plain `Error` where they are none, for clingo then said something this does not know. */
export function readTerms(text: string): GroundTerm[] {
  const reader = new TermReader(text);
  const terms: GroundTerm[] = [];
  while (!reader.atEnd) terms.push(reader.term());
  return terms;
}

class TermReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Passes over blanks. */
  get atEnd(): boolean {
    while (this.#text.charAt(this.#at) === " ") this.#at += 1;
    return this.#at === this.#text.length;
  }

  term(): GroundTerm {
    const first = this.#text.charAt(this.#at);
    if (first === '"') return this.#string();
    const number = this.#match(NUMBER);
    if (number !== null) return Number(number);
    const name = first === "(" ? "" : this.#match(NAME);
    if (name === null) throw new Error(`clingo printed \`${this.#text.slice(0, 200)}\``);
    return { name, args: this.#text.charAt(this.#at) === "(" ? this.#arguments() : [] };
  }

  #arguments(): GroundTerm[] {
    const args: GroundTerm[] = [];
    do {
      this.#at += 1;
      if (this.#text.charAt(this.#at) === ")") break;
      args.push(this.term());
    } while (this.#text.charAt(this.#at) === ",");
    if (this.#text.charAt(this.#at) !== ")") throw new Error(`clingo printed \`${this.#text.slice(0, 200)}\``);
    this.#at += 1;
    return args;
  }

  #string(): string {
    this.#at += 1;
    let value = "";
    for (;;) {
      value += this.#match(PLAIN) ?? "";
      const edge = this.#text.charAt(this.#at);
      if (edge === "") throw new Error(`clingo printed \`${this.#text.slice(0, 200)}\``);
      if (edge === '"') break;
      const escaped = this.#text.charAt(this.#at + 1);
      value += escaped === "n" ? "\n" : escaped;
      this.#at += 2;
    }
    this.#at += 1;
    return value;
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return null;
    this.#at = pattern.lastIndex;
    return found[0];
  }
}
