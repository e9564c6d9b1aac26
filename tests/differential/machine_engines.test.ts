import assert from "node:assert/strict";
import { after, test } from "node:test";
import { checkLawsByClingo } from "../../logic/engines/clingo/check_laws.ts";
import { checkLaws } from "../../logic/engines/duckdb/check_laws.ts";
import type { DuckDbInput } from "../../logic/engines/duckdb/input.ts";
import type { LawCheck } from "../../logic/engines/engine.ts";
import { IncrementalEngine } from "../../logic/engines/incremental/incremental_engine.ts";
import { FactLoader } from "../../logic/engines/incremental/load_engine.ts";
import { judgeLawsBySouffle } from "../../logic/engines/souffle/judge_laws.ts";
import type { IrProgram } from "../../logic/language/ir.ts";
import { compileTheories, readTheory, theoryOf } from "../../logic/theory.ts";
import type { Row } from "../../schema/value.ts";
import { openMemory } from "../../verify/store/duckdb_session.ts";
import { clingos } from "../support/clingos.ts";
import { inputOver } from "../support/duckdb_facts.ts";
import { asOne } from "../support/machine_copies.ts";
import { goldenDerived, goldenGiven } from "../support/machine_facts.ts";
import { byPoints, byTables, randomPointedMachine } from "../support/pointed_machine.ts";
import { seededChoices } from "../support/seeded.ts";
import { presentSouffle } from "../support/souffles.ts";

/** The theory machine over the engines: whatever the facts, all find the same violations. */
const session = await openMemory();
after(() => session.close());

const theory = await readTheory("logic/theories/machine");
const whole = programOf(theory.files);
/** Without the laws on names, whose operators on text clingo has not got. */
const forClingo = programOf(
  new Map([...theory.files].map(([path, text]) => [path, path === "names.dl" ? '.once\n.include "relations.dl"\n' : text])),
);

const random = (form: typeof byPoints, seed: number): Map<string, Row[]> =>
  asOne(Array.from({ length: 12 }, (_, index) => form(randomPointedMachine(seededChoices(seed + index, 60)))));
const cases: readonly (readonly [name: string, facts: ReadonlyMap<string, readonly Row[]>])[] = [
  ["the golden machine", goldenGiven().rows],
  ["the golden machine in the mode derived", goldenGiven().add("mode", ["derived"]).rows],
  ["the derived golden machine", goldenDerived().rows],
  ["a restriction changed", goldenGiven().change("rho", ["(a)", "e", "m"], "0").rows],
  ["a meet changed", goldenGiven().change("meet", ["(a b)", "mm", "1m"], "00").rows],
  ["no independence", goldenGiven().drop("ind", () => true).rows],
  ["random machines by points", random(byPoints, 500)],
  ["random machines by tables", random(byTables, 500)],
  ["random machines by points in the mode derived", random((machine) => byPoints(machine).add("mode", ["derived"]), 700)],
  ["random machines by tables in the mode derived", random((machine) => byTables(machine).add("mode", ["derived"]), 700)],
];

function programOf(files: ReadonlyMap<string, string>): IrProgram {
  const { program, diagnostics } = compileTheories([theoryOf(files)]);
  if (program === null) throw new Error(JSON.stringify(diagnostics));
  return program;
}

type Found = Record<string, readonly Row[]>;

async function found(check: LawCheck): Promise<Found> {
  try {
    assert.equal(check.undecided, null);
    const laws: Found = {};
    for (const { law, violations } of check.laws) if (violations > 0) laws[law] = await check.witnesses(law, 0, violations);
    return laws;
  } finally {
    await check.close();
  }
}

async function byIncremental(input: DuckDbInput): Promise<Found> {
  const engine = IncrementalEngine.create(input);
  const loader = new FactLoader(input);
  for (const relation of engine.reached) assert.equal(await loader.load(engine, relation), null);
  assert.equal(engine.evaluate().undecided, null);
  const laws: Found = {};
  for (const { id, relation } of input.program.laws) if (engine.count(relation) > 0) laws[id] = engine.rows(relation);
  return laws;
}

test("DuckDB and the incremental engine find the same", async () => {
  for (const [name, facts] of cases) {
    const input = await inputOver(session, whole, Object.fromEntries(facts));
    assert.deepEqual(await byIncremental(input), await found(await checkLaws(input)), name);
  }
});

const souffle = presentSouffle();
const skip = souffle === null ? "souffle is not on this machine" : souffle.word_bits === 64 ? false : "souffle has 32-bit numbers";

test("DuckDB and Soufflé find the same", { skip }, async () => {
  for (const [name, facts] of cases) {
    const input = await inputOver(session, whole, Object.fromEntries(facts));
    if (souffle !== null)
      assert.deepEqual(await found(await judgeLawsBySouffle(input, souffle)), await found(await checkLaws(input)), name);
  }
});

for (const kind of clingos) {
  test(`DuckDB and clingo, ${kind.name}, find the same`, { skip: kind.skip }, async () => {
    const clingo = kind.open();
    try {
      for (const [name, facts] of cases) {
        const input = await inputOver(session, forClingo, Object.fromEntries(facts));
        assert.deepEqual(await found(await checkLawsByClingo(input, clingo)), await found(await checkLaws(input)), name);
      }
    } finally {
      await clingo.close();
    }
  });
}
