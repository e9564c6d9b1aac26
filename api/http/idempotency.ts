import { sha256 } from "../../schema/canonical.ts";
import type { ProposedDelta, ProposedRow } from "../../schema/delta.ts";
import type { Verdict } from "../../schema/verdict.ts";
import { Refusal } from "./problem.ts";

interface Kept {
  readonly content: string;
  readonly verdict: Promise<Verdict>;
}

/**
 * Answers a delta sent again under its idempotency key with its first verdict (draft-ietf-httpapi-idempotency-key-header). The fact base
 * keeps the keys of commits for ever; kept here are those of deltas under way, so that a thousand copies are judged once, and the latest
 * `most` of refused ones, whose loss with the process changes nothing.
 */
export class Idempotency {
  readonly #most: () => number;
  readonly #kept = new Map<string, Kept>();

  constructor(most: () => number) {
    this.#most = most;
  }

  /** The verdict on a delta with a key, which `judge` gives where it is the first. Errors: `http.key_reused`, those of `judge`. */
  async verdict(delta: ProposedDelta & { readonly key: string }, judge: () => Promise<Verdict>): Promise<Verdict> {
    const content = contentOf(delta);
    const known = this.#kept.get(delta.key);
    if (known !== undefined) {
      if (known.content !== content) throw keyReused(delta.key, null);
      return { ...(await known.verdict), replayed: true };
    }
    const verdict = judge();
    this.#kept.set(delta.key, { content, verdict });
    try {
      const given = await verdict;
      if (given.violations.some(({ code }) => code === "gate.key_reused")) throw keyReused(delta.key, given);
      if (given.verdict !== "refused") this.#kept.delete(delta.key);
      this.#forget();
      return given;
    } catch (cause) {
      this.#kept.delete(delta.key);
      throw cause;
    }
  }

  #forget(): void {
    for (const key of this.#kept.keys()) {
      if (this.#kept.size <= this.#most()) return;
      this.#kept.delete(key);
    }
  }
}

function keyReused(key: string, verdict: Verdict | null): Refusal {
  return new Refusal("http.key_reused", `the key \`${key}\` was sent with another delta`, verdict);
}

/** A digest of what a delta says, whatever the order of its relations. */
function contentOf({ proposer, reason, base, assert, retract }: ProposedDelta): string {
  const side = (rows: ReadonlyMap<string, readonly ProposedRow[]>) => [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
  return sha256(JSON.stringify([proposer, reason, base, side(assert), side(retract)], tagged));
}

function tagged(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? { integer: value.toString() } : value;
}
