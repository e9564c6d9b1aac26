import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { checkLaws } from "../../logic/engines/duckdb/check_laws.ts";
import type { IrProgram } from "../../logic/language/ir.ts";
import type { Row } from "../../schema/value.ts";
import { type DuckDbSession, openMemory } from "../../verify/store/duckdb_session.ts";
import { Choices } from "../support/choices.ts";
import { type Facts, inputOver } from "../support/duckdb_facts.ts";
import { compareRows, evaluate, NaiveUndecided } from "../support/naive_eval.ts";
import { NAIVE_SYMBOL_BYTES } from "../support/naive_terms.ts";
import { caseText, readCase } from "../support/random_case_text.ts";
import { type RandomCase, randomCase } from "../support/random_programs.ts";
import { keepRegression, regressions } from "../support/regressions.ts";
import { type Rewriting, rewritten } from "../support/rewrite_program.ts";

const BOUNDS = { rounds: 40, rows: 400 };
const RUNS = Number(process.env["ASSAY_PROPERTY_RUNS"] ?? 300);
let session: DuckDbSession;

before(async () => {
  session = await openMemory({ threads: "1" });
});
after(() => session.close());

type Answer = { readonly rows: readonly Row[] } | { readonly undecided: string };

/** One answer a law, up to the first that is undecided. */
async function answers({ program, facts, repeats }: RandomCase): Promise<Answer[]> {
  const bounds = { rounds: BOUNDS.rounds, rows_derived: BOUNDS.rows, symbol_bytes: NAIVE_SYMBOL_BYTES };
  const input = await inputOver(session, program, facts, bounds, repeats);
  const check = await checkLaws(input);
  const found: Answer[] = [];
  for (const { law } of check.laws) found.push({ rows: await check.witnesses(law, 0, 10_000) });
  if (check.undecided !== null) found.push({ undecided: check.undecided.code });
  await check.close();
  return found;
}

function expected(program: IrProgram, facts: Facts): Answer[] {
  const found: Answer[] = [];
  for (const law of program.laws) {
    try {
      found.push({ rows: evaluate(program, facts, [law.relation], BOUNDS).get(law.relation) ?? [] });
    } catch (error) {
      if (!(error instanceof NaiveUndecided)) throw error;
      found.push({ undecided: error.code });
      break;
    }
  }
  return found;
}

const cases = fc.array(fc.nat(9999), { minLength: 10, maxLength: 160, size: "max" });

/** Fails unless the engine agrees with the definition; gives the number of tuples and whether the case is undecided. */
async function agree(random: RandomCase): Promise<{ tuples: number; undecided: boolean }> {
  const want = expected(random.program, random.facts);
  const got = await answers(random);
  const shapes = (list: readonly Answer[]): string[] => list.map((answer) => ("rows" in answer ? "rows" : "undecided"));
  assert.deepEqual(shapes(got), shapes(want));
  let tuples = 0;
  for (const [at, answer] of want.entries()) {
    const mine = got[at];
    if (mine === undefined || !("rows" in answer) || !("rows" in mine)) continue;
    tuples += answer.rows.length;
    assert.deepEqual([...mine.rows].sort(compareRows), answer.rows);
  }
  return { tuples, undecided: want.some((answer) => "undecided" in answer) };
}

for (const { name, input } of regressions("engine_duckdb")) {
  test(`regression ${name}`, async () => {
    await agree(readCase(input));
  });
}

test("a random program has the tuples that its definition gives, or is undecided where its definition is", async () => {
  let undecided = 0;
  let tuples = 0;
  const property = fc.asyncProperty(cases, async (numbers) => {
    const outcome = await agree(randomCase(new Choices(numbers)));
    tuples += outcome.tuples;
    undecided += outcome.undecided ? 1 : 0;
  });
  const details = await fc.check(property, { numRuns: RUNS });
  const [shrunk] = details.counterexample ?? [];
  if (shrunk !== undefined) keepRegression("engine_duckdb", caseText(randomCase(new Choices(shrunk))));
  assert.ok(!details.failed, fc.defaultReportMessage(details));
  assert.ok(tuples > RUNS, "the programs derive something");
  assert.ok(undecided > 0 && undecided < RUNS, "some programs fail and most do not");
});

/** The same program under other names of variables, with every body and the rules themselves in another order. */
const turned: Rewriting = { name: (name) => `v_${name}`, order: (list) => list.toReversed(), turned: true };

test("the order of rules and literals and the names of variables mean nothing", async () => {
  await fc.assert(
    fc.asyncProperty(cases, async (numbers) => {
      const random = randomCase(new Choices(numbers));
      const [plain, other] = [await answers(random), await answers({ ...random, program: rewritten(random.program, turned) })];
      const comparable = (list: readonly Answer[]): unknown[] => list.map((answer) => ("rows" in answer ? answer.rows : "undecided"));
      assert.deepEqual(comparable(other), comparable(plain));
    }),
    { numRuns: Math.ceil(RUNS / 3) },
  );
});
