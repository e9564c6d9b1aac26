import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import { checkLawsByClingo } from "../../logic/engines/clingo/check_laws.ts";
import type { Clingo } from "../../logic/engines/clingo/clingo.ts";
import { checkLaws } from "../../logic/engines/duckdb/check_laws.ts";
import type { LawCheck } from "../../logic/engines/engine.ts";
import { type DuckDbSession, openMemory } from "../../verify/store/duckdb_session.ts";
import { Choices } from "../support/choices.ts";
import { clingos } from "../support/clingos.ts";
import { inputOver } from "../support/duckdb_facts.ts";
import { ruleText } from "../support/ir_text.ts";
import { randomCase } from "../support/random_programs.ts";

const RUNS = Number(process.env["ASSAY_PROPERTY_RUNS"] ?? 120);

async function witnesses(check: LawCheck): Promise<unknown[]> {
  const found: unknown[] = [];
  for (const { law, violations } of check.laws) found.push([law, await check.witnesses(law, 0, violations + 1)]);
  return found.toSorted();
}

for (const kind of clingos) {
  describe(`the DuckDB engine and clingo, ${kind.name}`, { skip: kind.skip }, () => {
    let session: DuckDbSession;
    let clingo: Clingo;
    before(async () => {
      session = await openMemory({ threads: "1" });
      clingo = kind.open();
    });
    after(async () => {
      session.close();
      await clingo.close();
    });

    test("find the same violations in random programs", async () => {
      let compared = 0;
      let undecided = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(fc.nat(9999), { minLength: 10, maxLength: 160, size: "max" }), async (numbers) => {
          const { program, facts, repeats } = randomCase(new Choices(numbers));
          const input = await inputOver(
            session,
            program,
            facts,
            { rounds: 60, rows_derived: 2000, clingo_ms: 5_000, clingo_mb: 256 },
            repeats,
          );
          const ours = await checkLaws(input);
          const theirs = await checkLawsByClingo(input, clingo);
          try {
            if (ours.undecided !== null || theirs.undecided !== null) {
              undecided++;
              return;
            }
            compared++;
            assert.deepEqual(await witnesses(theirs), await witnesses(ours), program.rules.map(ruleText).join("\n"));
          } finally {
            await theirs.close();
            await ours.close();
          }
        }),
        { numRuns: RUNS },
      );
      assert.ok(compared > RUNS / 4, `${compared} programs compared, ${undecided} undecided`);
    });
  });
}
