import type { TouchedFacts } from "../logic/engines/clingo/judge_answer_sets.ts";
import type { DuckDbInput } from "../logic/engines/duckdb/input.ts";
import type { Law } from "../logic/language/ir.ts";
import type { Clock } from "../schema/clock.ts";
import type { Limits } from "../schema/limits.ts";
import type { LawOutcome } from "../schema/verdict.ts";
import { isOfClingo, judgedBy, touchedBy } from "./checks/answer_sets.ts";
import { checkKeys } from "./checks/keys.ts";
import { checkLogic } from "./checks/logic.ts";
import type { TypedRows } from "./checks/types.ts";
import type { BaseState } from "./in_force.ts";
import { type Origins, originsOf } from "./origins.ts";
import type { PreparedDelta } from "./prepared_delta.ts";
import { keyOwners, readRemembered, recall } from "./remembered.ts";
import type { DuckDbSession } from "./store/duckdb_session.ts";
import { countFacts, factTable, ROW, sameRow } from "./store/relation_table.ts";
import { type EffectiveChange, type StagedRows, speculate, stageRows, unspeculate } from "./store/speculation.ts";
import type { ViolationPage } from "./violation_page.ts";
import type { Recalled, Trial, TrialJudgement, World } from "./world.ts";

export interface DuckDbWorldInput {
  /** Its transaction is open and nobody else uses it meanwhile. */
  readonly session: DuckDbSession;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly undoes?: boolean;
}

/**
 * The tables of facts in the session's open transaction, judged in SQL. What a refused delta did is undone by ending that transaction,
 * which the caller does; or, with `undoes`, statement by statement, so that another delta can be judged in it.
 */
export class DuckDbWorld implements World {
  readonly engine: string;
  readonly #input: DuckDbWorldInput;

  /** `engine` is what its verdicts name, where DuckDB is not alone. */
  constructor(input: DuckDbWorldInput, engine = "duckdb") {
    this.#input = input;
    this.engine = judgedBy(input.session, engine);
  }

  async recall(id: string, state: BaseState): Promise<Recalled> {
    const found = (await readRemembered(this.#input.session, [id])).get(id);
    return { kept: found !== undefined, verdict: found === undefined ? null : recall(found, state) };
  }

  async keyOwner(key: string): Promise<string | null> {
    return (await keyOwners(this.#input.session, [key])).get(key) ?? null;
  }

  async trial(delta: PreparedDelta, state: BaseState): Promise<Trial> {
    const staged = await stageRows(this.#input.session, delta.typed, "assay_staged");
    const origins = originsOf(this.#input.session, state.inForce.program.relations, delta.typed);
    return new DuckDbTrial(this.#input, state, staged, origins, touchedBy(delta.typed));
  }
}

class DuckDbTrial implements Trial {
  readonly #input: DuckDbWorldInput;
  readonly #state: BaseState;
  readonly #staged: readonly StagedRows[];
  readonly #origins: Origins;
  readonly #touched: TouchedFacts;
  /** What stands in the transaction. */
  #changes: readonly EffectiveChange[] = [];

  constructor(input: DuckDbWorldInput, state: BaseState, staged: readonly StagedRows[], origins: Origins, touched: TouchedFacts) {
    this.#input = input;
    this.#state = state;
    this.#staged = staged;
    this.#origins = origins;
    this.#touched = touched;
  }

  async keys(laws: readonly Law[], page: ViolationPage): Promise<LawOutcome[]> {
    const { session, clock, limits } = this.#input;
    return checkKeys({ session, clock, limits, staged: this.#staged, origins: this.#origins, page }, laws);
  }

  async absent(rows: TypedRows): Promise<number[]> {
    const staged = this.#staged.find(({ side, relation }) => side === rows.side && relation.name === rows.relation.name);
    if (staged === undefined) return [];
    const same = sameRow(rows.relation.attributes, "f", "r");
    const found = await this.#input.session.rows(
      `SELECT r.${ROW} FROM ${staged.table} AS r
       WHERE NOT EXISTS (SELECT 1 FROM ${factTable(rows.relation.name)} AS f WHERE ${same}) ORDER BY r.${ROW}`,
    );
    return found.map(([index]) => Number(index));
  }

  async logic(keyLaws: readonly Law[], page: ViolationPage): Promise<TrialJudgement> {
    const { session, clock, limits } = this.#input;
    const changes = await speculate(session, this.#staged, "assay_effective");
    const { program } = this.#state.inForce;
    const rest = { ...program, laws: program.laws.filter((law) => !keyLaws.includes(law)) };
    this.#changes = changes;
    const engine: DuckDbInput = { program: rest, limits, clock, session, table: factTable, isDistinct: () => true };
    const logic = await checkLogic(engine, this.#state.waived, this.#origins, page, this.#touched);
    // A bound or an evaluation error has ended the transaction, and its changes with it.
    if (logic.undecided !== null && !isOfClingo(logic.undecided)) this.#changes = [];
    return { ...logic, changes };
  }

  async facts(): Promise<number> {
    return countFacts(this.#input.session, this.#state.inForce.program);
  }

  async end(accepted: boolean): Promise<void> {
    if (!accepted && this.#input.undoes === true) await unspeculate(this.#input.session, this.#changes);
  }
}
