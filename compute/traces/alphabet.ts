import { AssayError } from "../../schema/assay_error.ts";

/** The names a step can have, so that a history's text reads back (see `foataText`). */
const STEP_NAME = /^[A-Za-z_][A-Za-z0-9_.:-]*$/;

/** The steps of a machine and which of them are independent: the presentation of a trace monoid. Letters are numbered in order of their names' bytes. */
export class Alphabet {
  readonly names: readonly string[];
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #independent: Uint8Array;

  /**
   * Errors: `machine.step_name` for a name that is none or stands twice, `machine.independence` for a pair of unknown or equal steps.
   * A pair holds both ways round; whether it was *said* both ways is a law's matter.
   */
  constructor(steps: readonly string[], independence: readonly (readonly [string, string])[]) {
    this.names = steps.toSorted(compareBytes);
    this.#numbers = new Map(this.names.map((name, index) => [name, index]));
    const bad = this.names.find((name) => !STEP_NAME.test(name));
    if (bad !== undefined) throw new AssayError("machine.step_name", `\`${bad}\` is no name of a step`, { place: bad });
    if (this.#numbers.size !== this.names.length) throw new AssayError("machine.step_name", "a step stands twice");
    this.#independent = new Uint8Array(this.size * this.size);
    for (const [a, b] of independence) this.#declare(a, b);
  }

  get size(): number {
    return this.names.length;
  }

  /** The number of a step. Errors: `machine.unknown_step`. */
  letter(name: string): number {
    const found = this.#numbers.get(name);
    if (found === undefined) throw new AssayError("machine.unknown_step", `\`${name}\` is no step of the machine`, { place: name });
    return found;
  }

  /** Whether two letters may be swapped; a letter depends on itself. */
  isIndependent(a: number, b: number): boolean {
    return this.#independent[a * this.size + b] === 1;
  }

  /** Every pair of independent letters, once. */
  pairs(): (readonly [string, string])[] {
    return this.names.flatMap((a, i) => this.names.flatMap((b, j) => (i < j && this.isIndependent(i, j) ? [[a, b] as const] : [])));
  }

  #declare(a: string, b: string): void {
    if (a === b) throw new AssayError("machine.independence", `\`${a}\` cannot be independent of itself`, { place: a });
    const [first, second] = [this.letter(a), this.letter(b)];
    this.#independent[first * this.size + second] = 1;
    this.#independent[second * this.size + first] = 1;
  }
}

/** Order by UTF-8 bytes; step names are ASCII, where code units are bytes. */
function compareBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
