import { type EngineOutcome, IncrementalEngine } from "../../../logic/engines/incremental/incremental_engine.ts";
import type { IrProgram } from "../../../logic/language/ir.ts";
import { systemClock } from "../../../schema/clock.ts";
import type { Fact } from "../../../schema/fact.ts";
import { type Limits, limitsWith } from "../../../schema/limits.ts";
import type { Row, Value } from "../../../schema/value.ts";

/** A fact whose whole numbers are written as JavaScript numbers. */
export function fact(relation: string, ...values: (number | string | bigint)[]): Fact {
  return { relation, row: values.map((value): Value => (typeof value === "number" ? BigInt(value) : value)) };
}

/** An engine over an empty base, evaluated; it must be decided. */
export function emptyEngine(program: IrProgram, limits: Partial<Limits> = {}, watch: readonly string[] = []): IncrementalEngine {
  const engine = IncrementalEngine.create({ program, limits: limitsWith(limits), clock: systemClock, watch });
  const { undecided } = engine.evaluate();
  if (undecided !== null) throw new Error(undecided.detail);
  return engine;
}

/** Applies a delta; the code of what it could not decide, or null. */
export function change(engine: IncrementalEngine, assert: readonly Fact[], retract: readonly Fact[] = []): string | null {
  const { undecided }: EngineOutcome = engine.apply({ assert, retract });
  return undecided?.code ?? null;
}

/** As `change`, kept; it must be decided. */
export function kept(engine: IncrementalEngine, assert: readonly Fact[], retract: readonly Fact[] = []): void {
  const code = change(engine, assert, retract);
  if (code !== null) throw new Error(code);
  engine.keep();
}

/** The tuples of a relation as short texts, in order. */
export function tuples(engine: IncrementalEngine, relation: string): string[] {
  return engine.rows(relation).map((row: Row) => row.join(" "));
}
