import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { bindAttributes } from "../../ingest/columns.ts";
import { isIrregular, readCsv } from "../../ingest/readers/csv.ts";
import { limitsWith } from "../../schema/limits.ts";
import type { SqlRow } from "../../schema/sql_session.ts";
import { relationOf, StagingBench } from "../support/staging.ts";

let bench: StagingBench;
before(async () => {
  bench = await StagingBench.open();
});
after(() => bench.close());

/** Both readings of a text: what DuckDB makes of it, null where it refuses, and what the careful reader makes of it. */
async function readings(text: string): Promise<{ fast: SqlRow[] | null; careful: SqlRow[] }> {
  const relation = relationOf("r", { x: "symbol", y: "symbol" });
  const reading = await readCsv({
    session: bench.session,
    relation,
    bound: bindAttributes(relation, null),
    file: { path: await bench.write("p.csv", text), format: "csv", gzip: false },
    limits: limitsWith(),
    delimiter: ",",
    onProgress: () => undefined,
  });
  const { fast } = reading;
  let found: SqlRow[] | null = null;
  if (fast !== null) {
    try {
      found = await bench.session.rows(`SELECT ${fast.columns.map(({ sql }) => sql).join(", ")} FROM ${fast.expression}`);
    } catch (cause) {
      if (!isIrregular(cause)) throw cause;
    }
  }
  if (found === null) return { fast: null, careful: [] };
  const careful = await reading.careful();
  const faults = await bench.session.rows(`SELECT * FROM ${careful.faults}`);
  const rows = await bench.session.rows(`SELECT c0, c1 FROM ${careful.expression} ORDER BY _record`);
  await careful.drop();
  return { fast: found, careful: [...rows, ...faults] };
}

const loose = fc.array(fc.constantFrom(",", '"', "\n", "\r\n", " ", "a", '""', "\r", "\u00e9", "\0", "#", "\\", "'"), { maxLength: 16 });
const quoted = fc
  .string({ unit: fc.constantFrom("a", ",", '"', "\n", "\r\n", " "), maxLength: 5 })
  .map((text) => `"${text.replaceAll('"', '""')}"`);
const field = fc.oneof(quoted, fc.string({ unit: fc.constantFrom("a", "b", " ", "'"), maxLength: 3 }));
const tidy = fc.array(fc.tuple(field, field), { maxLength: 6 }).map((rows) => rows.map((row) => `${row.join(",")}\n`));

test("what DuckDB takes as CSV the careful reader takes alike", async () => {
  let compared = 0;
  for (const [bodies, runs] of [
    [loose, 150],
    [tidy, 120],
  ] as const) {
    await fc.assert(
      fc.asyncProperty(bodies, async (parts) => {
        const { fast, careful } = await readings(`x,y\n${parts.join("")}`);
        if (fast === null) return;
        compared += 1;
        assert.deepEqual(careful, fast);
      }),
      { numRuns: runs },
    );
  }
  assert.ok(compared > 80, `${compared} texts compared`);
});
