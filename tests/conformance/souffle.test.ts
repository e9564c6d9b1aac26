import assert from "node:assert/strict";
import { test } from "node:test";
import { runSuite } from "./souffle.ts";
import { featuresOf } from "./souffle_features.ts";

const checkout = process.env["SOUFFLE_TESTS"];
const skip = checkout === undefined ? "set SOUFFLE_TESTS to a checkout of souffle-lang/souffle" : false;

/** What passes is not lost again: the goals of stages A to C, A to F and A to G, and of the cases that must be rejected. */
test("Soufflé's own tests pass as far as they did", { skip }, async () => {
  const reports = await runSuite(checkout ?? "", "", () => undefined);
  const main = reports.filter(({ one }) => !one.negative && (one.category === "evaluation" || one.category === "example"));
  const passed = (last: string): number =>
    main.filter(({ result }) => result.outcome === "passed" && featuresOf(result.text).stage <= last).length;
  const refused = reports.filter(({ one, result }) => one.negative && result.outcome === "passed").length;
  assert.ok(passed("C") >= 176, `${passed("C")} of stages A to C`);
  assert.ok(passed("F") >= 245, `${passed("F")} of stages A to F`);
  assert.ok(passed("G") >= 255, `${passed("G")} of stages A to G`);
  assert.ok(refused >= 105, `${refused} rejected`);
});
