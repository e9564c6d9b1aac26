import { parseArgs } from "node:util";
import fc from "fast-check";
import { systemClock } from "../../schema/clock.ts";
import { openMemory } from "../../verify/store/duckdb_session.ts";
import { agree, hasClingo } from "../differential/lp_engines.ts";
import { stratifiedProgram } from "../differential/lp_programs.ts";

/** Compares random stratified `.lp` programs with native clingo: `node tests/fuzz/lp_clingo.ts --seconds N [--seed S]`. */
const ROUND = 50;

const { values } = parseArgs({ options: { seconds: { type: "string", default: "60" }, seed: { type: "string", default: "1" } } });
if (!hasClingo()) throw new Error("native clingo is not on this machine (Debian's package is `gringo`)");
const end = systemClock.micros() + Number(values.seconds) * 1_000_000;
let runs = 0;
for (let seed = Number(values.seed); systemClock.micros() < end; seed++) {
  const session = await openMemory();
  await fc.assert(
    fc.asyncProperty(stratifiedProgram, (text) => agree(session, text)),
    { seed, numRuns: ROUND },
  );
  session.close();
  runs += ROUND;
}
process.stdout.write(`${runs} programs with the same answer set in DuckDB and in clingo\n`);
