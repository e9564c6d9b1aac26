import type { Row } from "../../../schema/value.ts";
import type { LawOutcome, Undecided } from "../../../schema/verdict.ts";
import type { LawCheck } from "../engine.ts";
import { UndecidedSignal } from "./bounded_session.ts";
import { Evaluation } from "./evaluation.ts";
import type { DuckDbInput } from "./input.ts";
import { pruned } from "./prune.ts";
import type { Source } from "./source.ts";

/**
 * Judges every law of `input.program` in program order. Bounds and evaluation errors end it early with `undecided`; where the
 * session is inside a transaction, such an end aborts that transaction, and the violations counted before can no longer be read.
 * Errors: `SqlError` for failures that are no bound.
 */
export async function checkLaws(input: DuckDbInput): Promise<LawCheck> {
  const roots = input.program.laws.map((law) => law.relation);
  const program = await pruned(input, roots);
  const evaluation = new Evaluation({ ...input, program }, roots);
  const outcomes: LawOutcome[] = [];
  const violations = new Map<string, { source: Source; relation: string }>();
  let undecided: Undecided | null = null;
  try {
    for (const law of program.laws) {
      const started = input.clock.micros();
      if (evaluation.rules(law.relation).length === 0) {
        outcomes.push({ law: law.id, severity: law.severity, violations: 0, waived: 0, micros: 0 });
        continue;
      }
      const source = await evaluation.compute(law.relation);
      const count = source.rows ?? (await evaluation.session.write(`SELECT count(*) FROM ${source.sql}`, law.relation));
      violations.set(law.id, { source, relation: law.relation });
      const micros = input.clock.micros() - started;
      outcomes.push({ law: law.id, severity: law.severity, violations: count, waived: 0, micros });
    }
  } catch (error) {
    if (!(error instanceof UndecidedSignal)) {
      await evaluation.close();
      throw error;
    }
    undecided = error.undecided;
  } finally {
    evaluation.session.stop();
  }
  return {
    undecided,
    laws: outcomes,
    tables: evaluation.tables(),
    witnesses: async (law, offset, limit) => {
      const found = violations.get(law);
      if (found === undefined) return [];
      return readOrdered(input, found.source, evaluation.relation(found.relation).attributes.length, offset, limit);
    },
    close: () => evaluation.close(),
  };
}

async function readOrdered(input: DuckDbInput, source: Source, arity: number, offset: number, limit: number): Promise<Row[]> {
  const columns = source.columns.join(", ");
  const rows = await input.session.rows(`SELECT ${columns} FROM ${source.sql} ORDER BY ${columns} LIMIT ${limit} OFFSET ${offset}`);
  return arity === 0 ? rows.map(() => []) : (rows as Row[]);
}
