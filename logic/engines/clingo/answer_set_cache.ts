import { createHash } from "node:crypto";
import type { Clash } from "./find_clashes.ts";

/** What slices came to, by the hash of their program and facts; the least recently used go first. */
export class AnswerSetCache {
  readonly #most: number;
  readonly #known = new Map<string, readonly Clash[]>();
  #hits = 0;

  constructor(most = 10_000) {
    this.#most = most;
  }

  /** How often a verdict was found here. */
  get hits(): number {
    return this.#hits;
  }

  static key(text: string): string {
    return createHash("sha256").update(text, "utf8").digest("hex");
  }

  get(key: string): readonly Clash[] | null {
    const found = this.#known.get(key);
    if (found === undefined) return null;
    this.#hits += 1;
    this.#known.delete(key);
    this.#known.set(key, found);
    return found;
  }

  set(key: string, clashes: readonly Clash[]): void {
    this.#known.set(key, clashes);
    const oldest = this.#known.keys().next();
    if (this.#known.size > this.#most && !oldest.done) this.#known.delete(oldest.value);
  }
}
