import type { Law } from "../../logic/language/ir.ts";
import type { Place } from "../../schema/place.ts";
import type { Relation } from "../../schema/relation.ts";
import type { Row } from "../../schema/value.ts";
import type { LawOutcome } from "../../schema/verdict.ts";
import type { BaseState } from "../in_force.ts";
import type { PreparedDelta } from "../prepared_delta.ts";
import type { ViolationPage } from "../violation_page.ts";
import type { Recalled, Trial, TrialJudgement, World } from "../world.ts";
import type { MemoryChange } from "./effects.ts";
import { judgeLaws, outcomesOf } from "./engine_check.ts";
import { lawsWithout } from "./memory_trial.ts";
import type { MemoryWorld } from "./memory_world.ts";

/**
 * A world in which units of rows were accepted one after the other, for the one delta that they make together: it is judged by the state
 * that they left, without being applied once more. Where that delta is not accepted the units are taken back.
 */
export class AdoptingWorld implements World {
  readonly engine: string;
  readonly #world: MemoryWorld;
  /** False where taking the units back failed; the memory is then to be dropped. */
  isSound = true;

  constructor(world: MemoryWorld) {
    this.#world = world;
    this.engine = world.engine;
  }

  recall(id: string, state: BaseState): Promise<Recalled> {
    return this.#world.recall(id, state);
  }

  keyOwner(key: string): Promise<string | null> {
    return this.#world.keyOwner(key);
  }

  async trial(delta: PreparedDelta, state: BaseState): Promise<Trial> {
    const world = this.#world;
    const { engine } = world.memory;
    if (engine === null) throw new Error("units were accepted without an engine");
    const origins = world.places.origins(delta);
    return {
      keys: async (laws: readonly Law[]): Promise<readonly LawOutcome[]> => outcomesOf(engine, laws),
      absent: async () => [],
      logic: async (keyLaws: readonly Law[], page: ViolationPage): Promise<TrialJudgement> => {
        const { program } = state.inForce;
        const laws = lawsWithout(program.laws, keyLaws);
        return {
          ...(await judgeLaws(engine, { program, laws, waived: state.waived, origins, page })),
          changes: together(world.changes),
        };
      },
      facts: async () => world.memory.facts,
      end: async (accepted) => {
        if (!accepted) this.isSound = world.undo();
      },
    };
  }
}

/** All that units brought, as one change a relation. */
function together(units: readonly (readonly MemoryChange[])[]): MemoryChange[] {
  const byRelation = new Map<Relation, { readonly rows: Row[]; readonly places: (Place | null)[] }>();
  for (const { relation, op, source } of units.flat()) {
    if (op !== 1) throw new Error("a unit of an import retracts");
    const known = byRelation.get(relation) ?? { rows: [], places: [] };
    byRelation.set(relation, known);
    for (const row of source.rows) known.rows.push(row);
    for (const place of source.places) known.places.push(place);
  }
  return [...byRelation].map(([relation, { rows, places }]) => {
    return { relation, op: 1, rows: rows.length, source: { kind: "memory", rows, places } };
  });
}
