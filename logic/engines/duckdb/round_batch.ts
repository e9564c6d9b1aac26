import type { Relation } from "../../../schema/relation.ts";
import type { IrRule, IrTerm } from "../../language/ir.ts";
import type { Evaluation } from "./evaluation.ts";
import { recursiveAtoms } from "./recursion_shape.ts";
import { relationSelect } from "./select.ts";
import { columnsOf, type Lowering, type Source } from "./source.ts";

const ROUND: IrTerm = { kind: "variable", name: "?round", type: "number" };
/** Rounds that find at most this many rows each are worth running many at a time. */
export const FEW_ROWS = 16;
const MOST_ROUNDS = 2048;
/** Rows of one batch, those found again in later rounds included; past it the batch is given up. */
const BATCH_ROWS = 200_000;

/**
 * Many rounds of a linear recursion in one statement. A loop of statements costs some milliseconds a round, which a long chain
 * of small rounds feels; a recursive query that carries the round along costs a fraction, but finds a tuple again in every round
 * that reaches it, so it is for small rounds alone.
 */
export class RoundBatches {
  readonly #evaluation: Evaluation;
  readonly #relation: Relation;
  readonly #table: string;
  readonly #query: string;
  #rounds = 32;

  private constructor(evaluation: Evaluation, relation: Relation, table: string, query: string) {
    this.#evaluation = evaluation;
    this.#relation = relation;
    this.#table = table;
    this.#query = query;
  }

  /** Null where the recursion is mutual, not linear or without attributes. */
  static over(
    evaluation: Evaluation,
    relations: readonly string[],
    table: string,
    staged: ReadonlyMap<string, Source>,
  ): RoundBatches | null {
    const [name = ""] = relations;
    const relation = evaluation.relation(name);
    const members = new Set(relations);
    const steps = evaluation.rules(name).filter((rule) => recursiveAtoms(rule, members) > 0);
    if (relations.length > 1 || relation.attributes.length === 0 || steps.some((rule) => recursiveAtoms(rule, members) > 1)) return null;
    return new RoundBatches(evaluation, relation, table, stepQuery(evaluation, relation, steps, staged));
  }

  /**
   * Runs rounds from `round` on. Returns the rows found, the last round run and whether it found nothing, or null where the
   * batch grew too large: then nothing has changed. Errors: `UndecidedSignal`.
   */
  async run(round: number): Promise<{ readonly rows: number; readonly reached: number; readonly finished: boolean } | null> {
    const { session, input } = this.#evaluation;
    const reached = Math.min(input.limits.rounds, round + this.#rounds - 1);
    const columns = columnsOf(this.#relation);
    const all = [...columns, `c${columns.length}`].join(", ");
    const start = `SELECT ${columns.join(", ")}, r::BIGINT FROM ${this.#table} WHERE r = ${round - 1}`;
    const step = `SELECT ${columns.join(", ")}, c${columns.length} + 1 FROM (${this.#query}) AS step WHERE c${columns.length} < ${reached}`;
    const batch = this.#evaluation.newTable();
    const query = `WITH RECURSIVE batch(${all}) AS ((${start}) UNION (${step})) SELECT * FROM batch LIMIT ${BATCH_ROWS}`;
    const size = await session.write(`CREATE OR REPLACE TEMP TABLE ${batch} AS ${query}`, this.#relation.name);
    const rows = size < BATCH_ROWS ? await this.#insert(batch) : null;
    await session.rows(`DROP TABLE ${batch}`, this.#relation.name);
    if (rows === null) return null;
    this.#rounds = Math.min(MOST_ROUNDS, this.#rounds * 2);
    const [last] = await session.rows(`SELECT 1 FROM ${this.#table} WHERE r = ${reached} LIMIT 1`, this.#relation.name);
    return { rows, reached, finished: last === undefined };
  }

  #insert(batch: string): Promise<number> {
    const columns = columnsOf(this.#relation);
    const least = `(SELECT ${columns.join(", ")}, min(c${columns.length}) AS r FROM ${batch} GROUP BY ${columns.join(", ")}) AS found`;
    const same = columns.map((column) => `known.${column} = found.${column}`).join(" AND ");
    const insert = `INSERT INTO ${this.#table} SELECT found.* FROM ${least} ANTI JOIN ${this.#table} AS known ON (${same})`;
    return this.#evaluation.session.write(insert, this.#relation.name);
  }
}

/** The recursive rules with the round as one more column, reading it from the query's own table `batch`. */
function stepQuery(evaluation: Evaluation, relation: Relation, rules: readonly IrRule[], staged: ReadonlyMap<string, Source>): string {
  const round = { name: "?round", type: "number", declared: "number", fallback: null } as const;
  const widened: Relation = { ...relation, attributes: [...relation.attributes, round] };
  const self: Source = { sql: "batch", columns: columnsOf(widened), distinct: true, dedupe: false };
  const base = evaluation.lowering();
  const lowering: Lowering = {
    ...base,
    source: (atom) => (atom.relation === relation.name ? self : (staged.get(atom.relation) ?? base.source(atom))),
    isRecursive: (name) => name === relation.name,
  };
  const widenedRules = rules.map((rule): IrRule => {
    const body = rule.body.map((literal) => {
      return literal.kind === "atom" && literal.relation === relation.name ? { ...literal, args: [...literal.args, ROUND] } : literal;
    });
    return { ...rule, head: { ...rule.head, args: [...rule.head.args, ROUND] }, body };
  });
  return evaluation.lower(relation.name, () => relationSelect(lowering, widened, widenedRules).sql);
}
