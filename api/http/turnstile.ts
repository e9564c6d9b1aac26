import { AssayError } from "../../schema/assay_error.ts";

/** Lets at most so many through at once and turns the others away: waiting in a line nobody sees helps nobody. */
export class Turnstile {
  readonly #what: string;
  readonly #most: () => number;
  #inside = 0;

  /** `most` is asked each time, for bounds change with theories. */
  constructor(what: string, most: () => number) {
    this.#what = what;
    this.#most = most;
  }

  get inside(): number {
    return this.#inside;
  }

  /** Errors: `http.busy`, and those of `action`. */
  async pass<T>(action: () => Promise<T>, weight = 1): Promise<T> {
    if (this.#inside > 0 && this.#inside + weight > this.#most()) {
      throw new AssayError("http.busy", `${this.#inside} ${this.#what} are under way, the bound is ${this.#most()}`);
    }
    this.#inside += weight;
    try {
      return await action();
    } finally {
      this.#inside -= weight;
    }
  }
}
