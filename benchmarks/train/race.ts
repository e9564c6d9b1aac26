import { systemClock } from "../../schema/clock.ts";
import { median } from "../measure.ts";
import type { ChangeSet } from "./change_set.ts";
import { FactFiles } from "./fact_files.ts";
import { generateRailway, SEED } from "./generate.ts";
import { JavaRandom } from "./java_random.ts";
import { countMatches, type MatchCounts, rules } from "./rules.ts";
import { OverBudget, type TrainFacts, type TrainTool } from "./tool.ts";
import { transform } from "./transform.ts";

/** One contender's times at one size, in milliseconds. */
export interface Timing {
  readonly tool: string;
  readonly load_ms: number;
  readonly firstCheck_ms: number;
  /** Medians over the rounds, the first two aside where there are more; null where the budget ended the first one. */
  readonly change_ms: number | null;
  readonly recheck_ms: number | null;
  readonly rounds: number;
  /** True where the tool passed its budget here and is not run at larger sizes. */
  readonly isOver: boolean;
}

export interface Race {
  readonly size: number;
  readonly nodes: number;
  readonly edges: number;
  readonly initial: MatchCounts;
  /** Facts changed in each round. */
  readonly changes: readonly number[];
  readonly timings: readonly Timing[];
}

export interface RaceOptions {
  readonly workload: "inject" | "repair";
  readonly size: number;
  readonly rounds: number;
  /** What one contender may spend at this size; past it, its remaining rounds are left out. */
  readonly budget_ms: number;
}

/**
 * Runs the contenders over one railway: load, first check, then rounds of transformation and recheck in turn. After each check the
 * match counts must be those of the object model's own walk; throws where one tool's differ. Closes the tools.
 */
export async function race({ workload, size, rounds, budget_ms }: RaceOptions, tools: readonly TrainTool[]): Promise<Race> {
  const railway = generateRailway(workload, size);
  const facts: TrainFacts = { railway, files: new FactFiles(railway) };
  const initial = countMatches(railway);
  const shape = { size, nodes: railway.nodes(), edges: railway.edges(), initial };
  const runners = tools.map((tool) => new Runner(tool, budget_ms));
  const random = new JavaRandom(SEED);
  const changed: number[] = [];
  try {
    for (const runner of runners) await runner.start(facts, initial);
    for (let round = 0; round < rounds; round += 1) {
      const racing = runners.filter((runner) => !runner.isOver);
      if (racing.length === 0) break;
      const changes = transform(railway, workload, random);
      changed.push(changes.assert.length + changes.retract.length);
      if (racing.some((runner) => runner.tool.readsFiles)) facts.files.write(railway, touched(changes));
      const expected = countMatches(railway);
      for (const runner of racing) await runner.round(changes, expected);
    }
    return { ...shape, changes: changed, timings: runners.map((runner) => runner.timing()) };
  } finally {
    for (const { tool } of runners) await tool.close();
    facts.files.remove();
  }
}

function touched(changes: ChangeSet) {
  return new Set([...changes.assert, ...changes.retract].map((change) => change.relation));
}

const WARM_UP_ROUNDS = 2;

function warm(times: readonly number[]): readonly number[] {
  return times.length > WARM_UP_ROUNDS ? times.slice(WARM_UP_ROUNDS) : times;
}

class Runner {
  readonly tool: TrainTool;
  readonly #budget_ms: number;
  readonly #changes: number[] = [];
  readonly #rechecks: number[] = [];
  #load_ms = 0;
  #firstCheck_ms = 0;
  #spent_ms = 0;
  #isOver = false;

  constructor(tool: TrainTool, budget_ms: number) {
    this.tool = tool;
    this.#budget_ms = budget_ms;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  async start(facts: TrainFacts, expected: MatchCounts): Promise<void> {
    this.#load_ms = await this.#time(() => this.tool.load(facts));
    this.#firstCheck_ms = await this.#time(() => this.#check(expected));
  }

  async round(changes: ChangeSet, expected: MatchCounts): Promise<void> {
    const change_ms = await this.#time(() => this.tool.change(changes));
    const recheck_ms = await this.#time(() => this.#check(expected));
    if (Number.isNaN(recheck_ms)) return;
    this.#changes.push(change_ms);
    this.#rechecks.push(recheck_ms);
  }

  timing(): Timing {
    const rounds = this.#changes.length;
    return {
      tool: this.tool.name,
      load_ms: this.#load_ms,
      firstCheck_ms: this.#firstCheck_ms,
      change_ms: rounds > 0 ? median(warm(this.#changes)) : null,
      recheck_ms: rounds > 0 ? median(warm(this.#rechecks)) : null,
      rounds,
      isOver: this.#isOver,
    };
  }

  /** Milliseconds that the action took; NaN where the tool was stopped. */
  async #time(action: () => Promise<void>): Promise<number> {
    const start = systemClock.micros();
    try {
      await action();
    } catch (error) {
      if (!(error instanceof OverBudget)) throw error;
      this.#isOver = true;
      return Number.NaN;
    }
    const spent_ms = (systemClock.micros() - start) / 1000;
    this.#spent_ms += spent_ms;
    if (this.#spent_ms > this.#budget_ms) this.#isOver = true;
    return spent_ms;
  }

  async #check(expected: MatchCounts): Promise<void> {
    const found = await this.tool.check();
    for (const rule of rules) {
      if (found[rule] !== expected[rule]) throw new Error(`${this.tool.name}: ${found[rule]} matches of ${rule}, not ${expected[rule]}`);
    }
  }
}
