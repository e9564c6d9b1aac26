import { parseArgs } from "node:util";
import { systemClock } from "../../schema/clock.ts";
import { type Outcome, runCampaign } from "../support/incremental/campaign.ts";
import { loadSubject } from "../support/incremental/load_subject.ts";

/** Programs of the whole run, each with `DELTAS` deltas. */
export const FUZZ_PROGRAMS = 100_000;
const DELTAS = 20;

/**
 * Random programs and deltas: the incremental engine against DuckDB and the definitions, from nothing after each delta. Ends after
 * `FUZZ_PROGRAMS` programs or `seconds`. `node tests/fuzz/incremental.ts --seconds N [--seed S]`; a failure is printed with its seed,
 * shrunk and kept under tests/regressions.
 */
export async function fuzz(seconds: number, first: number): Promise<Outcome> {
  const end = systemClock.micros() + seconds * 1_000_000;
  const more = (programs: number): boolean => programs < FUZZ_PROGRAMS && systemClock.micros() < end;
  return runCampaign({ make: loadSubject, first, more, deltas: DELTAS });
}

/** The counts in one line. */
export function report({ programs, barren, byDuckDb, broken, tally }: Outcome): string {
  const { deltas, changing, undecided, unknown, rolledBack, tuples, supports } = tally;
  return `${programs} programs (${barren} undecided over no facts, ${byDuckDb} judged by DuckDB, ${broken} broke it), ${deltas} deltas (${changing} changed something derived, ${undecided} undecided, ${unknown} beyond the oracle, ${rolledBack} rolled back), ${tuples} tuples, ${supports} supports`;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { seconds: { type: "string", default: "60" }, seed: { type: "string", default: "1000000" } } });
  process.stdout.write(`${report(await fuzz(Number(values.seconds), Number(values.seed)))}\n`);
}
