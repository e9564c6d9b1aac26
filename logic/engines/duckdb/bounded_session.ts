import type { Clock } from "../../../schema/clock.ts";
import { type LimitName, type Limits, limits as registry } from "../../../schema/limits.ts";
import { SqlError, type SqlRow, type SqlSession } from "../../../schema/sql_session.ts";
import type { Undecided } from "../../../schema/verdict.ts";
import { EngineLimit } from "./engine_limit.ts";
import { ERROR_MARK } from "./select.ts";

const INTERRUPT_EVERY_MS = 20;
const REASONS: Readonly<Record<string, string>> = {
  overflow: "a value leaves its type",
  division_by_zero: "a division by zero",
  conversion: "a value that its conversion does not admit",
  pattern: "a regular expression that cannot be read",
};

/** Carries an undecided answer out of the evaluation. */
export class UndecidedSignal extends Error {
  override readonly name = "UndecidedSignal";
  readonly undecided: Undecided;

  constructor(undecided: Undecided) {
    super(undecided.detail);
    this.undecided = undecided;
  }
}

/** A session under the bounds of one verdict: past `verdict_ms` the running statement is interrupted. The maker calls `stop`. */
export class BoundedSession {
  readonly #session: SqlSession;
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #deadline: number;
  readonly #timer: NodeJS.Timeout;
  #running = false;

  constructor(session: SqlSession, limits: Limits, clock: Clock) {
    this.#session = session;
    this.#limits = limits;
    this.#clock = clock;
    this.#deadline = clock.micros() + limits.verdict_ms * 1000;
    // An interrupt between two statements is lost, hence again and again until the run has ended.
    this.#timer = setInterval(() => this.#running && this.#expired() && session.interrupt(), INTERRUPT_EVERY_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Runs a statement on behalf of `relation`. Errors: `UndecidedSignal` where a bound is reached or an evaluation fails. */
  async rows(sql: string, relation: string): Promise<SqlRow[]> {
    if (this.#expired()) throw this.limitReached("verdict_ms", relation);
    this.#running = true;
    try {
      return await this.#session.rows(sql);
    } catch (error) {
      throw this.#translate(error, relation);
    } finally {
      this.#running = false;
    }
  }

  /** Runs `CREATE TABLE AS` or `INSERT` and returns the count of rows written. */
  async write(sql: string, relation: string): Promise<number> {
    const [row] = await this.rows(sql, relation);
    return Number(row?.[0] ?? 0);
  }

  limitReached(name: LimitName, relation: string | null): UndecidedSignal {
    const { unit } = registry[name];
    const bound = this.#limits[name];
    const detail = `\`${relation ?? "the verdict"}\` reached the bound \`${name}\` of ${bound} ${unit}`;
    return new UndecidedSignal({ code: `limit.${name}`, relation, bound, unit, detail });
  }

  /** An undecided answer for an error met while lowering, or the error itself. */
  lowering(error: unknown, relation: string): unknown {
    return error instanceof EngineLimit ? this.limitReached(error.limit, relation) : error;
  }

  #expired(): boolean {
    return this.#clock.micros() >= this.#deadline;
  }

  #translate(error: unknown, relation: string): unknown {
    if (!(error instanceof SqlError)) return error;
    if (error.interrupted && this.#expired()) return this.limitReached("verdict_ms", relation);
    if (error.kind === "Out of Memory Error") return this.limitReached("memory_mb", relation);
    const raised = new RegExp(`${ERROR_MARK}([a-z_]+):(.*)$`, "s").exec(error.message);
    if (raised !== null) return this.#evaluationError(raised[1] ?? "", raised[2] ?? relation);
    if (error.kind === "Invalid Input Error" && error.sql.includes("regexp_full_match(")) return this.#evaluationError("pattern", relation);
    return error;
  }

  #evaluationError(code: string, relation: string): UndecidedSignal {
    if (code === "rows_derived" || code === "symbol_bytes") return this.limitReached(code, relation);
    const detail = `evaluating \`${relation}\` met ${REASONS[code] ?? code}`;
    return new UndecidedSignal({ code: `evaluation.${code}`, relation, bound: null, unit: null, detail });
  }
}
