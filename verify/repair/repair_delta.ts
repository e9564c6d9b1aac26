import type { Clingo } from "../../logic/engines/clingo/clingo.ts";
import { ended, undecidedOf } from "../../logic/engines/clingo/clingo_limit.ts";
import type { IrProgram } from "../../logic/language/ir.ts";
import type { Clock } from "../../schema/clock.ts";
import type { ProposedDelta } from "../../schema/delta.ts";
import type { Limits } from "../../schema/limits.ts";
import type { Value } from "../../schema/value.ts";
import type { Repair, Undecided, Verdict, Violation } from "../../schema/verdict.ts";
import type { Looking } from "../looking.ts";
import { prepareDelta } from "../prepared_delta.ts";
import type { Action } from "./action.ts";
import { Candidate, filled } from "./candidate.ts";
import { choose, type Knowledge } from "./choose.ts";
import { findObstacles, findRetracted } from "./find_obstacles.ts";
import type { Obstacle } from "./obstacle.ts";
import { supposed } from "./suppose.ts";

/** So many violations are looked into before the next candidate: what mends them mends many others. */
const VIOLATIONS_A_ROUND = 20;

/** What a repair asks of a fact base: `FactBase` has it. Nothing is written. */
export interface Rehearsal extends Looking {
  readonly program: IrProgram;
  readonly limits: Limits;
  rehearse(deltas: readonly ProposedDelta[]): Promise<Verdict[]>;
}

export interface RepairOptions {
  readonly clingo: Clingo;
  readonly clock: Clock;
  /** How many alternatives to look for. */
  readonly alternatives: number;
  onProgress?(text: string): void;
}

export interface RepairAnswer {
  /** The verdict on the delta as proposed, its `repairs` filled in. */
  readonly verdict: Verdict;
  /** True where all alternatives there are were found, or as many as asked for. */
  readonly isComplete: boolean;
  /** Not null where a bound ended the search; the repairs found before it hold. */
  readonly undecided: Undecided | null;
}

/**
 * Looks for the cheapest changes that make a refused delta acceptable, of equals the smallest, up to so many alternatives none of which
 * contains another. clingo picks the cheapest set of changes that gets around every obstacle known; the gate judges what it comes to;
 * what it refuses gives new obstacles (an implicit hitting set). So every repair shown was accepted by the gate, and is least among changes to the
 * facts that violations rest on or lack. Nothing is applied. A delta that is not refused by a law has no repairs.
 */
export async function repairDelta(base: Rehearsal, proposed: ProposedDelta, options: RepairOptions): Promise<RepairAnswer> {
  const [verdict] = await base.rehearse([proposed]);
  if (verdict === undefined) throw new Error("a rehearsal gave no verdict");
  const prepared = prepareDelta(proposed, base.program, base.limits);
  const isLawful = verdict.violations.every(({ code }) => code === undefined);
  if (verdict.verdict !== "refused" || prepared.page.total > 0 || !isLawful) return { verdict, isComplete: true, undecided: null };
  const search = new Search(base, new Candidate(proposed, prepared.typed), options);
  try {
    await search.learn(proposed, verdict.violations, []);
    const isComplete = await search.run();
    return { verdict: { ...verdict, repairs: search.repairs }, isComplete, undecided: null };
  } catch (error) {
    const undecided = error instanceof Stopped ? error.undecided : undecidedOf(error);
    if (undecided === null) throw error;
    return { verdict: { ...verdict, repairs: search.repairs }, isComplete: false, undecided };
  }
}

/** Carries a bound out of the search. */
class Stopped extends Error {
  override readonly name = "Stopped";
  readonly undecided: Undecided;

  constructor(undecided: Undecided) {
    super(undecided.detail);
    this.undecided = undecided;
  }
}

class Search {
  readonly repairs: Repair[] = [];
  readonly #base: Rehearsal;
  readonly #candidate: Candidate;
  readonly #options: RepairOptions;
  readonly #obstacles = new Map<string, Obstacle>();
  readonly #excluded: { readonly actions: readonly Action[]; readonly exact: boolean }[] = [];

  constructor(base: Rehearsal, candidate: Candidate, options: RepairOptions) {
    this.#base = base;
    this.#candidate = candidate;
    this.#options = options;
  }

  /** Returns whether there is no further alternative, or as many as asked for were found. */
  async run(): Promise<boolean> {
    const { limits, program } = this.#base;
    const { clock } = this.#options;
    const deadline = clock.micros() + limits.verdict_ms * 1000;
    for (let round = 1; round <= limits.repair_rounds; round++) {
      if (this.repairs.length >= this.#options.alternatives) return true;
      if (clock.micros() > deadline) throw new Stopped(timeReached(limits));
      this.#options.onProgress?.(`looking for repairs: candidate ${round}, ${this.repairs.length} found`);
      const knowledge: Knowledge = { obstacles: [...this.#obstacles.values()], excluded: this.#excluded };
      const choice = await choose(this.#options.clingo, limits, knowledge);
      if (choice.kind === "none") return true;
      if (choice.kind === "stopped") {
        if (choice.answer.kind === "stopped" || choice.answer.kind === "failed") return ended(choice.answer, limits);
        throw new Error(`clingo answered a repair by ${JSON.stringify(choice.answer)}`);
      }
      const { actions, cost } = choice;
      const delta = this.#candidate.after(actions, program.relations);
      if (delta === null) this.#excluded.push({ actions, exact: true });
      else await this.#try(delta, actions, cost);
    }
    throw new Stopped(roundsReached(limits));
  }

  async #try(delta: ProposedDelta, actions: readonly Action[], cost: number): Promise<void> {
    const [verdict] = await this.#base.rehearse([delta]);
    if (verdict === undefined) throw new Error("a rehearsal gave no verdict");
    if (verdict.verdict === "undecided") throw new Stopped(verdict.undecided ?? roundsReached(this.#base.limits));
    const errors = verdict.violations.filter(({ severity, waived }) => severity === "error" && waived !== true);
    const blind = await this.#blind(
      delta,
      errors.filter((violation) => this.#hangsOnHole(violation, actions)),
      actions,
    );
    const isShown = errors.length === blind.length && errors.length === countErrors(verdict);
    if (!isShown)
      return this.learn(
        delta,
        errors.filter((one) => !blind.includes(one)),
        actions,
      );
    this.repairs.push({
      cost,
      changes: actions.map(({ change, relation, row }) => ({ change, relation, row })),
      holes: this.#holes(actions, blind),
    });
    this.#excluded.push({ actions, exact: false });
  }

  /** Takes in what keeps `delta` from being accepted; where that is nothing new, this very set of actions is ruled out. */
  async learn(delta: ProposedDelta, violations: readonly Violation[], done: readonly Action[]): Promise<void> {
    const situation = { candidate: this.#candidate, done };
    const seen = await this.#base.look(async (input) =>
      findObstacles(await supposed(input, delta), violations.slice(0, VIOLATIONS_A_ROUND), situation),
    );
    if (seen.undecided !== null) throw new Stopped(seen.undecided);
    const isRetracting = seen.absent.length > 0 && delta.retract.size > 0;
    const whole: ProposedDelta = { ...delta, retract: new Map() };
    const restedOn = isRetracting
      ? await this.#base.look(async (input) => findRetracted(await supposed(input, whole), seen.absent, this.#candidate))
      : [];
    const obstacles = seen.obstacles(restedOn);
    const before = this.#obstacles.size;
    for (const obstacle of obstacles) {
      if (obstacle.ways.length > 0 || obstacle.given.length > 0) this.#obstacles.set(obstacle.id, obstacle);
    }
    if (this.#obstacles.size === before) this.#excluded.push({ actions: done, exact: true });
  }

  /** Of violations that rest on a value of no meaning, those that another value may mend: the fact is not merely counted. */
  async #blind(delta: ProposedDelta, violations: readonly Violation[], actions: readonly Action[]): Promise<readonly Violation[]> {
    if (violations.length === 0) return violations;
    const situation = { candidate: this.#candidate, done: actions };
    const seen = await this.#base.look(async (input) =>
      findObstacles(await supposed(input, delta), violations.slice(0, VIOLATIONS_A_ROUND), situation),
    );
    if (seen.undecided !== null) throw new Stopped(seen.undecided);
    const holed = this.#holed(actions);
    return violations.filter((_, at) => {
      const facts = seen.restsOn[at];
      return (
        facts === undefined || facts.some((fact) => holed.some(({ relation, row }) => fact.relation === relation && same(fact.row, row)))
      );
    });
  }

  /** Whether a violation rests on a fact that has a value of no meaning. */
  #hangsOnHole(violation: Violation, actions: readonly Action[]): boolean {
    return this.#holed(actions).some(({ relation, row }) =>
      violation.facts.some((fact) => fact.relation === relation && same(fact.row, row)),
    );
  }

  #holed(actions: readonly Action[]): { readonly action: Action; readonly relation: string; readonly row: readonly Value[] }[] {
    return actions.flatMap((action) => {
      if (!action.row.includes(null)) return [];
      const attributes = this.#base.program.relations.get(action.relation)?.attributes ?? [];
      return [{ action, relation: action.relation, row: filled(action.row, attributes, action.copy) }];
    });
  }

  #holes(actions: readonly Action[], blind: readonly Violation[]): Repair["holes"] {
    return this.#holed(actions).flatMap(({ action, relation, row }) => {
      const broken = blind.filter(({ facts }) => facts.some((fact) => fact.relation === relation && same(fact.row, row)));
      const laws = [...new Set(broken.map(({ law }) => law))];
      const attributes = this.#base.program.relations.get(relation)?.attributes ?? [];
      return attributes.flatMap(({ name, type }, at) => {
        return action.row[at] === null ? [{ change: actions.indexOf(action), attribute: name, type, laws }] : [];
      });
    });
  }
}

function countErrors(verdict: Verdict): number {
  const laws = verdict.laws.filter(({ severity }) => severity === "error");
  return (
    laws.reduce((sum, { violations, waived }) => sum + violations - waived, 0) +
    verdict.violations.filter(({ code }) => code !== undefined).length
  );
}

function same(left: readonly Value[], right: readonly Value[]): boolean {
  return left.length === right.length && left.every((value, at) => value === right[at]);
}

function roundsReached(limits: Limits): Undecided {
  const bound = limits.repair_rounds;
  return { code: "limit.repair_rounds", relation: null, bound, unit: "rounds", detail: `no further repair was found in ${bound} rounds` };
}

function timeReached(limits: Limits): Undecided {
  const bound = limits.verdict_ms;
  return {
    code: "limit.verdict_ms",
    relation: null,
    bound,
    unit: "milliseconds",
    detail: `no further repair was found in ${bound} milliseconds`,
  };
}
