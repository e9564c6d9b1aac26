import assert from "node:assert/strict";
import { test } from "node:test";
import { limitsWith } from "../../../schema/limits.ts";
import { type LogRecord, nextCommit, writeGroup } from "../../../verify/commit.ts";
import { DuckDbWorld } from "../../../verify/duckdb_world.ts";
import { type AcceptedDelta, judgeDelta } from "../../../verify/gate.ts";
import { Database, inTransaction } from "../../../verify/store/database.ts";
import { createFormat } from "../../../verify/store/format.ts";
import { readState } from "../../../verify/store/state.ts";
import { proposal, steppingClock } from "../../support/fact_bases.ts";

test("commit takes only what the gate made", async () => {
  const database = await Database.open(null, limitsWith());
  try {
    const session = await database.connect();
    await inTransaction(session, null, () => createFormat(session, "2026-01-01T00:00:00.000Z"));
    const target = { session, path: null, clock: steppingClock(), state: await readState(session) };
    await session.run("BEGIN TRANSACTION");
    const judgement = await judgeDelta(
      new DuckDbWorld({ ...target, limits: limitsWith() }),
      target.state,
      limitsWith(),
      proposal({ assert: { p: [[1n]] } }),
      null,
    );
    assert.ok(judgement.kind === "refused");
    const { inForce } = target.state;
    const forged = { ...judgement.refused, changes: [], schema: null, waive: [], settle: [], inForce } as unknown as AcceptedDelta;
    assert.throws(() => nextCommit(target.state, forged, "2026-01-01T00:00:00.000Z"));
    const record = { kind: "commit", accepted: forged, entry: {}, verdict: forged.verdict, before: target.state } as unknown as LogRecord;
    await assert.rejects(writeGroup({ session, path: null, journal: null, isOpen: true }, [record]));
    assert.deepEqual(await session.rows("SELECT count(*) FROM assay.entry"), [[0n]]);
  } finally {
    database.close();
  }
});
