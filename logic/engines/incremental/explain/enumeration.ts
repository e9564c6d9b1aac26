import type { IrAggregate, IrLiteral, IrTerm } from "../../../language/ir.ts";
import { EngineLimit } from "../../duckdb/engine_limit.ts";
import { LEAST_CELL } from "../operators/failure.ts";
import { BodyPlanner, type RangeStep, type ScanStep, type Step } from "./body_plan.ts";
import { compileTerm, Variables } from "./body_terms.ts";
import type { EngineTables } from "./engine_tables.ts";
import { groupValue } from "./group_value.ts";

/** Instances between two looks at the clock. */
const CLOCK_EVERY = 4096;

/** Counts instances against the time that an explanation has. */
export class Deadline {
  readonly #tables: EngineTables;
  readonly #until: number;
  #left = CLOCK_EVERY;

  constructor(tables: EngineTables) {
    this.#tables = tables;
    this.#until = tables.clock.micros() + tables.limits.verdict_ms * 1000;
  }

  /** Errors: `EngineLimit("verdict_ms")` past the deadline. */
  step(): void {
    if (--this.#left > 0) return;
    this.#left = CLOCK_EVERY;
    if (this.#tables.clock.micros() >= this.#until) throw new EngineLimit("verdict_ms");
  }
}

/**
 * The instances of a body in which every literal holds, `terms` having given values. It interprets a plan over the engine's
 * tables; mutable cells, reused from run to run, hold the instance that is being visited.
 */
export class Enumeration {
  readonly variables = new Variables();
  readonly #tables: EngineTables;
  readonly #steps: readonly Step[];
  /** Whether the literals bind all their variables. */
  readonly isSafe: boolean;
  readonly #given: readonly ((key: readonly number[], cells: Int32Array) => boolean)[];
  /** By variable. */
  cells: Int32Array;
  /** By position in the body: the row of each positive atom. */
  readonly rows: Int32Array;
  readonly #groups = new Map<IrAggregate, ReturnType<typeof groupValue>>();
  #deadline: Deadline | null = null;

  constructor(tables: EngineTables, body: readonly IrLiteral[], terms: readonly IrTerm[]) {
    this.#tables = tables;
    const bound = new Set<string>();
    const later: { variable: number; term: IrTerm }[] = [];
    this.#given = terms.map((term, at) => {
      if (term.kind === "variable" && !bound.has(term.name)) {
        bound.add(term.name);
        const id = this.variables.id(term.name);
        return (key, cells) => {
          cells[id] = key[at] as number;
          return true;
        };
      }
      if (term.kind !== "operation") {
        const same = compileTerm(tables.runtime, this.variables, term);
        return (key, cells) => same(cells) === key[at];
      }
      const variable = this.variables.unnamed();
      later.push({ variable, term });
      return (key, cells) => {
        cells[variable] = key[at] as number;
        return true;
      };
    });
    const planner = new BodyPlanner(tables, this.variables, body, bound);
    for (const { variable, term } of later) planner.equate(variable, term);
    this.isSafe = planner.plan();
    this.#steps = planner.steps;
    for (const step of this.#steps) {
      if (step.kind === "aggregate") this.#groups.set(step.literal, groupValue(tables, this.variables, step.literal));
    }
    this.cells = new Int32Array(this.variables.count);
    this.rows = new Int32Array(body.length).fill(-1);
  }

  /**
   * Visits instances until `visit` returns true; `key` gives the cells of `terms`. Not to be run again by `visit`.
   * Errors: `EngineLimit`.
   */
  each(key: readonly number[], deadline: Deadline, visit: () => boolean): void {
    if (!this.isSafe) return;
    if (this.cells.length < this.variables.count) this.cells = new Int32Array(this.variables.count);
    for (const give of this.#given) if (!give(key, this.cells)) return;
    this.#deadline = deadline;
    this.#from(0, visit);
  }

  /** Runs the steps from `at` on; true where the visit is to end. */
  #from(at: number, visit: () => boolean): boolean {
    const step = this.#steps[at];
    this.#deadline?.step();
    if (step === undefined) return visit();
    const { cells } = this;
    switch (step.kind) {
      case "scan":
        return this.#scan(step, at, visit);
      case "absent": {
        const key = step.key.map((value) => value(cells));
        // No tuple has what cannot be computed.
        const isThere = key.every((cell) => cell >= LEAST_CELL) && step.access.first(key) >= 0;
        return !isThere && this.#from(at + 1, visit);
      }
      case "define":
        // A failure is handed on: whatever looks at it does not hold.
        cells[step.variable] = step.value(cells);
        return this.#from(at + 1, visit);
      case "check":
        return step.holds(cells) && this.#from(at + 1, visit);
      case "range":
        return this.#range(step, at, visit);
      case "aggregate": {
        const value = this.#groups.get(step.literal)?.(cells, this.#deadline as Deadline) ?? null;
        if (value === null || value < LEAST_CELL) return false;
        cells[step.variable] = value;
        return this.#from(at + 1, visit);
      }
    }
  }

  #scan(step: ScanStep, at: number, visit: () => boolean): boolean {
    const { cells } = this;
    const key = step.key.map((value) => value(cells));
    for (const cell of key) if (cell < LEAST_CELL) return false;
    for (let row = step.access.first(key); row >= 0; row = step.access.next(row, key)) {
      for (const { column, variable } of step.binds) cells[variable] = column()[row] as number;
      if (!step.repeats.every(({ column, variable }) => cells[variable] === column()[row])) continue;
      this.rows[step.position] = row;
      if (this.#from(at + 1, visit)) return true;
    }
    return false;
  }

  #range({ operator, from, to, step, variable }: RangeStep, at: number, visit: () => boolean): boolean {
    const { cells } = this;
    const { runtime } = this.#tables;
    const [first, last, by] = [from(cells), to(cells), step === null ? null : step(cells)];
    const count = operator.count(runtime, first, last, by);
    for (let position = 0; position < count; position++) {
      cells[variable] = operator.at(runtime, first, last, by, position);
      if (this.#from(at + 1, visit)) return true;
    }
    return false;
  }
}
