import assert from "node:assert/strict";
import { parseArgs } from "node:util";
import { systemClock } from "../../schema/clock.ts";
import { openMemory } from "../../verify/store/duckdb_session.ts";
import { loadSubject } from "../support/incremental/load_subject.ts";
import { type SoakOutcome, soak } from "../support/incremental/soak.ts";

/** Deltas of the whole soak. */
export const SOAK_DELTAS = 1_000_000;

/**
 * Random deltas over a theory of recursion, negation and aggregates, compared with DuckDB now and then; memory must stay flat after
 * the first quarter. Ends after `deltas` or `seconds`. `node tests/fuzz/incremental_soak.ts --seconds N [--deltas N] [--seed S]`.
 */
export async function runSoak(deltas: number, seconds: number, seed: number): Promise<SoakOutcome> {
  const end = systemClock.micros() + seconds * 1_000_000;
  const session = await openMemory({ threads: "1" });
  try {
    const outcome = await soak({
      session,
      make: loadSubject,
      seed,
      more: (done) => done < deltas && systemClock.micros() < end,
      every: Math.max(500, Math.floor(Math.min(deltas, 400_000) / 40)),
    });
    assertFlat(outcome);
    return outcome;
  } finally {
    session.close();
  }
}

/** Memory after the first quarter is that of the end: a tenth and some megabytes of a collector's noise aside. */
export function assertFlat({ heap, engine, deltas }: SoakOutcome): void {
  for (const [name, samples, noise] of [
    ["heap", heap, 12 * 2 ** 20],
    ["engine", engine, 2 ** 16],
  ] as const) {
    const quarter = Math.ceil(samples.length / 4);
    const warm = Math.max(...samples.slice(0, quarter));
    const late = Math.min(...samples.slice(-quarter));
    assert.ok(late <= warm * 1.1 + noise, `${name}: ${warm} bytes after warm-up, ${late} at the end of ${deltas} deltas`);
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      seconds: { type: "string", default: "600" },
      deltas: { type: "string", default: String(SOAK_DELTAS) },
      seed: { type: "string", default: "1" },
    },
  });
  const { deltas, comparisons, heap, engine } = await runSoak(Number(values.deltas), Number(values.seconds), Number(values.seed));
  const megabytes = (samples: readonly number[]): string => samples.map((bytes) => (bytes / 2 ** 20).toFixed(1)).join(" ");
  process.stdout.write(
    `${deltas} deltas, ${comparisons} comparisons with DuckDB\nheap MB ${megabytes(heap)}\nengine MB ${megabytes(engine)}\n`,
  );
}
