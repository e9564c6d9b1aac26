/**
 * Question: how long does it take to find the cheapest repair of a delta that breaks 1 to 10 laws at once, over a real lockfile?
 * Hypothesis: a few rehearsals of the delta (each judged in milliseconds in memory) and one explanation in SQL, so seconds, growing
 * little with the number of violations; which clingo is asked does not matter, since its part is a small hitting set.
 * Peers in the same run: the same search by clingo as WebAssembly and by the machine's own; one rehearsal of the same delta.
 */
import { npmAdapter } from "../ingest/npm/adapter.ts";
import type { Clingo } from "../logic/engines/clingo/clingo.ts";
import { isClingo, NativeClingo } from "../logic/engines/clingo/native_clingo.ts";
import { WasmClingo } from "../logic/engines/clingo/wasm_clingo.ts";
import { findTheory } from "../logic/theory.ts";
import { systemClock } from "../schema/clock.ts";
import type { ProposedDelta, ProposedRow } from "../schema/delta.ts";
import { limitsWith } from "../schema/limits.ts";
import { FactBase } from "../verify/fact_base.ts";
import { repairDelta } from "../verify/repair/repair_delta.ts";
import { measure, printMeasured } from "./measure.ts";

const ROUNDS = 3;
const VIOLATIONS = [1, 2, 5, 10];

const read = await npmAdapter.read("package-lock.json", { limits: limitsWith(), now: "2026-11-21T00:00:00Z" });
const base = await FactBase.create(null, { clock: systemClock });
await base.loadTheory([await findTheory("npm")], { author: "benchmark", reason: "load" });

function delta(assert: ReadonlyMap<string, readonly ProposedRow[]>, retract: ReadonlyMap<string, readonly ProposedRow[]>): ProposedDelta {
  return { proposer: "benchmark", reason: "benchmark", base: null, key: null, assert, retract, places: new Map() };
}

const imported = await base.propose(delta(new Map([...read.facts].map(([name, rows]) => [name, rows.map((row) => [...row])])), new Map()));
if (imported.verdict !== "accepted") throw new Error(`the lockfile is ${imported.verdict}`);
process.stdout.write(`${imported.checked.facts} facts, ${imported.checked.laws} laws\n`);

/** Packages lose their hashes: each retraction breaks one law, and its cheapest repair is to leave it out. A lawful fact beside them stays. */
function unhashed(count: number): ProposedDelta {
  const rows = (read.facts.get("integrity") ?? []).slice(0, count).map((row) => [...row]);
  return delta(new Map([["licence_read", [["benchmark", "MIT"]]]]), new Map([["integrity", rows]]));
}

const clingos: Record<string, Clingo> = { wasm: new WasmClingo({ parallel: 1 }) };
if (isClingo("clingo")) clingos["native"] = new NativeClingo("clingo", { parallel: 1 });

for (const count of VIOLATIONS) {
  const refused = unhashed(count);
  const [verdict] = await base.rehearse([refused]);
  const contenders: Record<string, () => Promise<unknown>> = { "one rehearsal": () => base.rehearse([refused]) };
  for (const [name, clingo] of Object.entries(clingos)) {
    contenders[`repair, ${name}`] = async () => {
      const answer = await repairDelta(base, refused, { clingo, clock: systemClock, alternatives: 1 });
      if (answer.verdict.repairs.length !== 1) throw new Error("no repair was found");
    };
  }
  printMeasured(`${verdict?.total} violations at once`, await measure(contenders, ROUNDS), "one rehearsal");
}
for (const clingo of Object.values(clingos)) await clingo.close();
await base.close();
