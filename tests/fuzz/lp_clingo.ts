import { parseArgs } from "node:util";
import fc from "fast-check";
import { systemClock } from "../../schema/clock.ts";
import { openMemory } from "../../verify/store/duckdb_session.ts";
import { agree, hasClingo } from "../differential/lp_engines.ts";
import { stratifiedProgram } from "../differential/lp_programs.ts";
import { keepRegression } from "../support/regressions.ts";

const ROUND = 50;

/**
 * Compares random stratified `.lp` programs with native clingo for `seconds`; gives the count of programs. A program that fails
 * is kept under tests/regressions. `node tests/fuzz/lp_clingo.ts --seconds N [--seed S]`.
 */
export async function fuzz(seconds: number, firstSeed: number): Promise<number> {
  const end = systemClock.micros() + seconds * 1_000_000;
  let runs = 0;
  for (let seed = firstSeed; systemClock.micros() < end; seed++) {
    const session = await openMemory();
    const property = fc.asyncProperty(stratifiedProgram, (text) => agree(session, text));
    const outcome = await fc.check(property, { seed, numRuns: ROUND });
    session.close();
    if (outcome.failed) {
      const [program] = outcome.counterexample ?? [""];
      throw new Error(`seed ${seed}, kept as ${keepRegression("lp_clingo", program ?? "")}`, { cause: outcome.errorInstance });
    }
    runs += ROUND;
  }
  return runs;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { seconds: { type: "string", default: "60" }, seed: { type: "string", default: "1" } } });
  if (!hasClingo()) throw new Error("native clingo is not on this machine (Debian's package is `gringo`)");
  const runs = await fuzz(Number(values.seconds), Number(values.seed));
  process.stdout.write(`${runs} programs with the same answer set in DuckDB and in clingo\n`);
}
