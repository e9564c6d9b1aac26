import assert from "node:assert/strict";
import { test } from "node:test";
import { fuzz, report } from "./incremental.ts";

test("no random program and deltas tell the incremental engine from DuckDB", async (t) => {
  const first = Number(process.env["FUZZ_SEED"] ?? 1_000_000);
  const outcome = await fuzz(Number(process.env["FUZZ_SECONDS"] ?? 3), first);
  t.diagnostic(`seeds from ${first}: ${report(outcome)}`);
  assert.ok(outcome.tally.deltas > 0);
});
