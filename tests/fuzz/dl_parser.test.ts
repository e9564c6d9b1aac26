import assert from "node:assert/strict";
import { test } from "node:test";
import { regressions } from "../support/regressions.ts";
import { fuzz, isSound } from "./dl_parser.ts";

test("inputs that once broke the .dl parser do not any more", () => {
  const kept = regressions("dl_parser");
  assert.ok(kept.length > 0, "no regressions were read");
  for (const { name, input } of kept) assert.ok(isSound(input), name);
});

test("no input crashes or hangs the .dl parsers", () => {
  const seconds = Number(process.env["FUZZ_SECONDS"] ?? 3);
  assert.ok(fuzz(seconds, seconds > 3 ? Number(process.env["FUZZ_SEED"] ?? 1) : 1) > 0);
});
