import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { checkLaws } from "../../logic/engines/duckdb/check_laws.ts";
import { deriveBySouffle } from "../../logic/engines/souffle/derive.ts";
import { AssayError } from "../../schema/assay_error.ts";
import type { Relation } from "../../schema/relation.ts";
import type { Row } from "../../schema/value.ts";
import { type DuckDbSession, openMemory } from "../../verify/store/duckdb_session.ts";
import { Choices } from "../support/choices.ts";
import { inputOver } from "../support/duckdb_facts.ts";
import { randomCase } from "../support/random_programs.ts";
import { presentSouffle } from "../support/souffles.ts";

const RUNS = Number(process.env["ASSAY_PROPERTY_RUNS"] ?? 250);
const souffle = presentSouffle();
const skip = souffle === null ? "souffle is not on this machine" : souffle.word_bits === 64 ? false : "souffle has 32-bit numbers";

let session: DuckDbSession;
before(async () => {
  session = await openMemory({ threads: "1" });
});
after(() => session.close());

/** Floats are added in another order there. */
function rowText(row: Row, relation: Relation): string {
  return row.map((value, at) => (relation.attributes[at]?.type === "float" ? Number(value).toPrecision(4) : String(value))).join("\t");
}

test("the engine and Soufflé derive the same tuples", { skip }, async () => {
  let compared = 0;
  let tuples = 0;
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(9999), { minLength: 10, maxLength: 160, size: "max" }), async (numbers) => {
      if (souffle === null) return;
      const { program, facts, repeats } = randomCase(new Choices(numbers));
      const derived = [...program.relations.values()].filter(({ role }) => role === "derived");
      const input = await inputOver(session, program, facts, { rounds: 60, rows_derived: 2000 }, repeats);
      const check = await checkLaws(input);
      try {
        if (check.undecided !== null) return;
        const names = derived.map(({ name }) => name);
        const theirs = await deriveBySouffle({ ...input, souffle }, names);
        if (theirs.undecided !== null) {
          refused++;
          return;
        }
        compared++;
        for (const relation of derived) {
          const rows = (await check.witnesses(`t.${relation.name}`, 0, 10_000)) as Row[];
          const text = (row: Row): string => (relation.attributes.length === 0 ? "()" : rowText(row, relation));
          tuples += rows.length;
          assert.deepEqual(rows.map(text).sort(), (theirs.relations.get(relation.name) ?? []).map(text).sort());
        }
      } catch (error) {
        if (!(error instanceof AssayError) || error.code !== "souffle.not_expressible") throw error;
      } finally {
        await check.close();
      }
    }),
    { numRuns: RUNS },
  );
  assert.ok(compared > RUNS / 5 && tuples > RUNS / 5, `${compared} programs compared, ${tuples} tuples, ${refused} refused there`);
});
