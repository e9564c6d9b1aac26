import assert from "node:assert/strict";
import { test } from "node:test";
import { regressions } from "../support/regressions.ts";
import { fuzz, isSound } from "./lp_parser.ts";

test("inputs that once broke the .lp parser or lowering do not any more", () => {
  const kept = regressions("lp_parser");
  assert.ok(kept.length > 0, "no regressions were read");
  for (const { name, input } of kept) assert.ok(isSound(input), name);
});

test("no input crashes or hangs the .lp parser and lowering", () => {
  const seconds = Number(process.env["FUZZ_SECONDS"] ?? 3);
  assert.ok(fuzz(seconds, seconds > 3 ? Number(process.env["FUZZ_SEED"] ?? 1) : 1) > 0);
});
