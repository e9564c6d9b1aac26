import { rowText } from "../../schema/delta_id.ts";
import type { Fact, SupportingFact } from "../../schema/fact.ts";
import type { Place } from "../../schema/place.ts";
import type { Relation } from "../../schema/relation.ts";
import type { Verdict, Violation } from "../../schema/verdict.ts";
import { lazyIndex, type Origins } from "../origins.ts";
import type { PreparedDelta } from "../prepared_delta.ts";
import type { MemoryChange } from "./effects.ts";
import type { KeptPlaces } from "./kept_places.ts";

/**
 * Where the facts behind a group's violations come from. Those of the delta at hand and of the group are known at once; for the others
 * the log is read late, once for many verdicts, since a look at a large log costs more than judging a delta.
 */
export class LatePlaces {
  readonly #kept: KeptPlaces;
  readonly #relations: ReadonlyMap<string, Relation>;
  /** What the group has changed so far, commit by commit, and how much of it stands in `recent`. */
  readonly #changes: readonly (readonly MemoryChange[])[];
  readonly #recent = new Map<string, Place>();
  #seen = 0;
  readonly #open = new WeakSet<SupportingFact>();

  constructor(kept: KeptPlaces, relations: ReadonlyMap<string, Relation>, changes: readonly (readonly MemoryChange[])[]) {
    this.#kept = kept;
    this.#relations = relations;
    this.#changes = changes;
  }

  /** Origins whose facts of the log have no place until `complete`. */
  origins(delta: PreparedDelta): Origins {
    const asserted = lazyIndex(delta.typed);
    return async (facts) =>
      facts.map((fact): SupportingFact => {
        const own = asserted(fact.relation)?.get(rowText(fact.row));
        if (own !== undefined) return { ...fact, from: "delta", place: own };
        const place = this.#placeInGroup(fact);
        const found: SupportingFact = { ...fact, from: "base", place };
        if (place === null) this.#open.add(found);
        return found;
      });
  }

  /** True where a verdict shows facts whose places are to be read yet. */
  lacks(verdict: Verdict): boolean {
    return verdict.violations.some(({ facts }) => facts.some((fact) => this.#open.has(fact)));
  }

  /** The verdicts with all places: one read of the log for each relation. */
  async complete(verdicts: readonly Verdict[]): Promise<Verdict[]> {
    const open = new Map<string, Fact>();
    for (const { violations } of verdicts) {
      for (const fact of violations.flatMap(({ facts }) => facts)) if (this.#open.has(fact)) open.set(keyOf(fact), fact);
    }
    if (open.size === 0) return [...verdicts];
    const found = await this.#kept.of(this.#relations, [...open.values()]);
    const places = new Map([...open.keys()].map((key, index) => [key, found[index] ?? null]));
    const placed = (fact: SupportingFact): SupportingFact =>
      this.#open.has(fact) ? { ...fact, place: places.get(keyOf(fact)) ?? null } : fact;
    return verdicts.map((verdict) =>
      this.lacks(verdict) ? { ...verdict, violations: verdict.violations.map((violation) => withFacts(violation, placed)) } : verdict,
    );
  }

  /** The place a fact had when the group last asserted it with one. */
  #placeInGroup(fact: Fact): Place | null {
    if (this.#changes.length < this.#seen) {
      this.#recent.clear();
      this.#seen = 0;
    }
    for (const { relation, op, source } of this.#changes.slice(this.#seen).flat()) {
      if (op !== 1) continue;
      for (const [index, row] of source.rows.entries()) {
        const place = source.places[index] ?? null;
        if (place !== null) this.#recent.set(keyOf({ relation: relation.name, row }), place);
      }
    }
    this.#seen = this.#changes.length;
    return this.#recent.get(keyOf(fact)) ?? null;
  }
}

function keyOf({ relation, row }: Fact): string {
  return `${relation} ${rowText(row)}`;
}

function withFacts(violation: Violation, placed: (fact: SupportingFact) => SupportingFact): Violation {
  const facts = violation.facts.map(placed);
  const known = facts.filter(({ place }) => place !== null);
  return { ...violation, facts, place: (known.find(({ from }) => from === "delta") ?? known[0])?.place ?? violation.place };
}
