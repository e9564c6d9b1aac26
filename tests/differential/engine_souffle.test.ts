import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { checkLaws } from "../../logic/engines/duckdb/check_laws.ts";
import type { Row } from "../../schema/value.ts";
import { type DuckDbSession, openMemory } from "../../verify/store/duckdb_session.ts";
import { Choices } from "../support/choices.ts";
import { inputOver } from "../support/duckdb_facts.ts";
import { NotInSouffle, souffleText } from "../support/ir_souffle.ts";
import { randomCase } from "../support/random_programs.ts";
import { runSouffle, souffleRows, withoutSouffle } from "../support/run_souffle.ts";

const RUNS = Number(process.env["ASSAY_PROPERTY_RUNS"] ?? 250);
const skip = withoutSouffle();

let session: DuckDbSession;
before(async () => {
  session = await openMemory({ threads: "1" });
});
after(() => session.close());

test("the engine and Soufflé derive the same tuples", { skip }, async () => {
  let compared = 0;
  let tuples = 0;
  const failed: string[] = [];
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(9999), { minLength: 10, maxLength: 160, size: "max" }), async (numbers) => {
      const { program, facts, repeats } = randomCase(new Choices(numbers));
      const derived = [...program.relations.values()].filter(({ role }) => role === "derived");
      const check = await checkLaws(await inputOver(session, program, facts, { rounds: 60, rows_derived: 2000 }, repeats));
      try {
        if (check.undecided !== null) return;
        const text = souffleText(program, facts);
        const theirs = runSouffle(text, derived);
        if (theirs === null) {
          failed.push(text);
          return;
        }
        compared++;
        for (const relation of derived) {
          const rows = (await check.witnesses(`t.${relation.name}`, 0, 10_000)) as Row[];
          const ours = souffleRows(rows, relation);
          tuples += ours.length;
          assert.deepEqual(ours, theirs.get(relation.name), text);
        }
      } catch (error) {
        if (!(error instanceof NotInSouffle)) throw error;
      } finally {
        await check.close();
      }
    }),
    { numRuns: RUNS },
  );
  assert.ok(
    compared > RUNS / 5 && tuples > RUNS / 5,
    `${compared} programs compared, ${tuples} tuples, ${failed.length} refused there: ${failed[0] ?? ""}`,
  );
});
