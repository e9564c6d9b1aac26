import type { Law } from "../../logic/language/ir.ts";
import type { Fact } from "../../schema/fact.ts";
import type { Row } from "../../schema/value.ts";
import type { LawOutcome, Undecided } from "../../schema/verdict.ts";
import { keyFactsShown, keyViolation } from "../checks/keys.ts";
import type { TypedRows } from "../checks/types.ts";
import type { BaseState } from "../in_force.ts";
import { lawRelation } from "../law_violations.ts";
import type { Origins } from "../origins.ts";
import type { PreparedDelta } from "../prepared_delta.ts";
import { witnessOf } from "../violation.ts";
import type { ViolationPage } from "../violation_page.ts";
import type { Trial, TrialJudgement } from "../world.ts";
import { compareRows } from "./compare_rows.ts";
import { type Effects, effectsOn, type MemoryChange } from "./effects.ts";
import { cleanOutcomes, judgeLaws, outcomesOf } from "./engine_check.ts";
import { engineDelta, type MemoryWorld } from "./memory_world.ts";

/** One delta over the facts in memory. The engine takes it when a check first asks what follows from it, and gives it back at the end. */
export class MemoryTrial implements Trial {
  readonly #world: MemoryWorld;
  readonly #delta: PreparedDelta;
  readonly #state: BaseState;
  readonly #origins: Origins;
  #effects: Effects | null = null;
  #isApplied = false;
  #undecided: Undecided | null = null;
  #isJudged = false;

  constructor(world: MemoryWorld, delta: PreparedDelta, state: BaseState) {
    this.#world = world;
    this.#delta = delta;
    this.#state = state;
    this.#origins = world.places.origins(delta);
  }

  async keys(laws: readonly Law[], page: ViolationPage): Promise<readonly LawOutcome[]> {
    const isKeyed = this.#delta.typed.some(({ side, relation, rows }) => side === "assert" && relation.key !== null && rows.length > 0);
    const { engine } = this.#world.memory;
    if (!isKeyed || engine === null) return cleanOutcomes(laws);
    this.#apply();
    if (this.#undecided !== null) return cleanOutcomes(laws);
    const outcomes = outcomesOf(engine, laws);
    for (const [index, law] of laws.entries()) {
      const shown = page.take(outcomes[index]?.violations ?? 0);
      if (shown.count > 0) await this.#listKeys(law, engine.rows(law.relation, shown.from, shown.count), page);
    }
    return outcomes;
  }

  async absent(rows: TypedRows): Promise<readonly number[]> {
    return this.#effectsNow().absent.get(rows) ?? [];
  }

  async logic(keyLaws: readonly Law[], page: ViolationPage): Promise<TrialJudgement> {
    const changes = this.#apply();
    this.#isJudged = true;
    const { engine } = this.#world.memory;
    if (this.#undecided !== null || engine === null) {
      return { laws: [], refused: false, standing: new Set(), undecided: this.#undecided, changes };
    }
    const { program } = this.#state.inForce;
    const laws = lawsWithout(program.laws, keyLaws);
    const { waived } = this.#state;
    return { ...(await judgeLaws(engine, { program, laws, waived, origins: this.#origins, page })), changes };
  }

  async facts(): Promise<number> {
    const { facts } = this.#world.memory;
    return this.#isJudged ? this.#effectsNow().changes.reduce((sum, { op, rows }) => sum + op * rows, facts) : facts;
  }

  async end(accepted: boolean): Promise<void> {
    const { engine } = this.#world.memory;
    if (!accepted || !this.#world.keepsAccepted) {
      if (this.#isApplied) engine?.rollback();
      return;
    }
    if (!this.#isApplied) throw new Error("a delta was accepted that no engine saw");
    const { changes } = this.#effectsNow();
    this.#world.capture(changes);
    engine?.keep();
    this.#world.keep(changes);
  }

  #effectsNow(): Effects {
    this.#effects ??= effectsOn((relation, row) => this.#world.has(relation, row), this.#delta);
    return this.#effects;
  }

  /** Gives the delta's effects to the engine, once. */
  #apply(): readonly MemoryChange[] {
    const { changes } = this.#effectsNow();
    if (this.#isApplied) return changes;
    this.#isApplied = true;
    const { engine, unloadable } = this.#world.memory;
    this.#undecided = engine === null ? unloadable : engine.apply(engineDelta(changes, engine.reached)).undecided;
    return changes;
  }

  async #listKeys(law: Law, keys: readonly Row[], page: ViolationPage): Promise<void> {
    const { engine, limits } = this.#memory();
    const relation = lawRelation(this.#state.inForce.program, law);
    for (const key of keys) {
      const facts = engine.support(law.relation, key).toSorted((a: Fact, b: Fact) => compareRows(a.row, b.row));
      const shown = await this.#origins(facts.slice(0, keyFactsShown(limits)));
      page.items.push(keyViolation(law, witnessOf(relation, key), shown));
    }
  }

  #memory() {
    const { memory, limits } = this.#world;
    if (memory.engine === null) throw new Error("there is no engine to ask");
    return { engine: memory.engine, limits };
  }
}

const others = new WeakMap<readonly Law[], { readonly all: readonly Law[]; readonly laws: readonly Law[] }>();

/** The laws that check 3 leaves to check 5: the same list each time. */
export function lawsWithout(all: readonly Law[], keyLaws: readonly Law[]): readonly Law[] {
  const known = others.get(keyLaws);
  if (known?.all === all) return known.laws;
  const laws = all.filter((law) => !keyLaws.includes(law));
  others.set(keyLaws, { all, laws });
  return laws;
}
