import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { checkLaws } from "../../logic/engines/duckdb/check_laws.ts";
import type { IrProgram } from "../../logic/language/ir.ts";
import type { Row } from "../../schema/value.ts";
import { type DuckDbSession, openMemory } from "../../verify/store/duckdb_session.ts";
import { type Facts, inputOver } from "../support/duckdb_facts.ts";
import { compareRows, evaluate, NaiveUndecided } from "../support/naive_eval.ts";
import { NAIVE_SYMBOL_BYTES } from "../support/naive_terms.ts";
import { Choices, randomCase } from "../support/random_programs.ts";

const BOUNDS = { rounds: 40, rows: 400 };
const RUNS = Number(process.env["ASSAY_PROPERTY_RUNS"] ?? 300);
let session: DuckDbSession;

before(async () => {
  session = await openMemory({ threads: "1" });
});
after(() => session.close());

type Answer = { readonly rows: readonly Row[] } | { readonly undecided: string };

/** One answer a law, up to the first that is undecided. */
async function answers(program: IrProgram, facts: Facts): Promise<Answer[]> {
  const input = await inputOver(session, program, facts, {
    rounds: BOUNDS.rounds,
    rows_derived: BOUNDS.rows,
    symbol_bytes: NAIVE_SYMBOL_BYTES,
  });
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

test("a random program has the tuples that its definition gives, or is undecided where its definition is", async () => {
  let undecided = 0;
  let tuples = 0;
  await fc.assert(
    fc.asyncProperty(cases, async (numbers) => {
      const { program, facts } = randomCase(new Choices(numbers));
      const want = expected(program, facts);
      const got = await answers(program, facts);
      assert.equal(got.length, want.length);
      for (const [at, answer] of want.entries()) {
        const mine = got[at];
        assert.ok(
          mine !== undefined && "rows" in mine === "rows" in answer,
          JSON.stringify({ at, mine, answer }, (_, value) => (typeof value === "bigint" ? String(value) : value)),
        );
        if ("rows" in answer && "rows" in mine) {
          tuples += answer.rows.length;
          assert.deepEqual([...mine.rows].sort(compareRows), answer.rows);
        } else undecided++;
      }
    }),
    { numRuns: RUNS },
  );
  assert.ok(tuples > RUNS, "the programs derive something");
  assert.ok(undecided > 0 && undecided < RUNS, "some programs fail and most do not");
});
