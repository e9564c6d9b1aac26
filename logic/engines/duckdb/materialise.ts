import type { Undecided } from "../../../schema/verdict.ts";
import { UndecidedSignal } from "./bounded_session.ts";
import { Evaluation } from "./evaluation.ts";
import type { DuckDbInput } from "./input.ts";
import { pruned } from "./prune.ts";
import { namedColumns } from "./source.ts";

/** Relations made readable. The caller must `close()` it; until then `table` can be read. */
export interface Materialised {
  /** Not null where a bound was reached; then no table can be read. */
  readonly undecided: Undecided | null;
  /** A table expression with the relation's attributes as columns (`NULLARY_COLUMN` where it has none), free of duplicates if derived. */
  table(relation: string): string;
  close(): Promise<void>;
}

/** Computes the derived ones of `relations`, and what they depend on. Errors: `SqlError` for failures that are no bound. */
export async function materialise(input: DuckDbInput, relations: readonly string[]): Promise<Materialised> {
  const derived = relations.filter((name) => input.program.relations.get(name)?.role === "derived");
  const program = await pruned(input, derived);
  const evaluation = new Evaluation({ ...input, program }, derived);
  let undecided: Undecided | null = null;
  try {
    for (const name of derived) await evaluation.compute(name);
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
    table: (name) => {
      const source = evaluation.source(name);
      return `(SELECT ${namedColumns(evaluation.relation(name), source)} FROM ${source.sql})`;
    },
    close: () => evaluation.close(),
  };
}
