import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type DuckDbSession, openMemory } from "../../verify/store/duckdb_session.ts";
import { report } from "../fuzz/incremental.ts";
import { replay, runCampaign } from "../support/incremental/campaign.ts";
import { loadSubject } from "../support/incremental/load_subject.ts";
import { regressions } from "../support/regressions.ts";

const PROGRAMS = Number(process.env["ASSAY_INCREMENTAL_PROGRAMS"] ?? 2_000);
const DELTAS = 20;
let session: DuckDbSession;

before(async () => {
  session = await openMemory({ threads: "1" });
});
after(() => session.close());

for (const { name, input } of regressions("incremental")) {
  test(`regression ${name}`, () => replay(session, input, loadSubject));
}

// One range of seeds here, so that the suite is the same in every run; `tests/fuzz/incremental.ts` goes through others.
test("after each delta the engine holds what DuckDB derives from nothing", async (t) => {
  const first = Number(process.env["ASSAY_SEED"] ?? 1);
  const outcome = await runCampaign({ make: loadSubject, first, more: (programs) => programs < PROGRAMS, deltas: DELTAS });
  t.diagnostic(`seeds from ${first}: ${report(outcome)}`);
  const { programs, barren, tally } = outcome;
  assert.ok(barren < programs / 10, `${barren} programs are undecided over no facts`);
  assert.ok(
    outcome.byDuckDb > programs * 0.9 && outcome.broken < programs / 100,
    `DuckDB judged ${outcome.byDuckDb} of ${programs} programs, ${outcome.broken} broke it`,
  );
  assert.ok(tally.changing > tally.deltas / 5, `${tally.changing} of ${tally.deltas} deltas changed something derived`);
  assert.ok(tally.undecided > programs / 20 && tally.rolledBack > programs && tally.supports > programs, report(outcome));
  assert.ok(tally.unknown < tally.deltas / 50, `${tally.unknown} deltas beyond the oracle`);
});
