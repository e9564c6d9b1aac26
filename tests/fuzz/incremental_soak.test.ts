import assert from "node:assert/strict";
import { test } from "node:test";
import { runSoak, SOAK_DELTAS } from "./incremental_soak.ts";

const seconds = process.env["FUZZ_SECONDS"];

test("after many deltas the engine holds what DuckDB derives, and its memory is flat", async (t) => {
  const seed = Number(process.env["FUZZ_SEED"] ?? 1);
  const wanted = seconds === undefined ? 20_000 : SOAK_DELTAS;
  const { deltas, comparisons } = await runSoak(wanted, Number(seconds ?? 600), seed);
  t.diagnostic(`${deltas} deltas, ${comparisons} comparisons, seed ${seed}`);
  assert.ok(comparisons >= 2);
});
