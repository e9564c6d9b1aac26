import assert from "node:assert/strict";
import { test } from "node:test";
import { locationOf, locationText } from "../../../../api/report/location.ts";
import { lawsThatRan, violationLocation } from "../../../../api/report/report.ts";
import { report, verdict, violation } from "../../../support/sample_reports.ts";

for (const [place, path, line, column] of [
  ["a.json", "a.json", null, null],
  ["a.json:7", "a.json", 7, null],
  ["a.json:7:12", "a.json", 7, 12],
  ["a: b/c:9", "a: b/c", 9, null],
  ["a:0", "a:0", null, null],
  [":7", ":7", null, null],
  ["", "", null, null],
  ["a\nb:3", "a\nb", 3, null],
] as const) {
  test(`the place ${JSON.stringify(place)} is read`, () => {
    const location = locationOf(place);
    assert.deepEqual(location, { path, line, column });
    assert.equal(locationText(location), place);
  });
}

test("a violation stands at its place, at a fact behind it, or in the only document", () => {
  const two = report();
  const one = report({ subjects: ["only.json"], folder: "sub" });
  const nowhere = violation(1, { place: null, facts: [] });
  const byFact = violation(1, { place: null });
  assert.deepEqual(violationLocation(two, violation(1)), { path: "data/order.csv", line: 2, column: null });
  assert.deepEqual(violationLocation(two, byFact), { path: "data/order.csv", line: 2, column: null });
  assert.equal(violationLocation(two, nowhere), null);
  assert.deepEqual(violationLocation(one, nowhere), { path: "sub/only.json", line: null, column: null });
  assert.deepEqual(violationLocation({ subjects: [], folder: "sub" }, violation(1, { place: "/abs:1" })), {
    path: "/abs",
    line: 1,
    column: null,
  });
});

test("the gate's own checks are among the laws that ran, where something broke them", () => {
  const ran = lawsThatRan(verdict({ violations: [violation(1, { law: "gate.types" }), violation(2, { law: "gate.types" })] }));
  assert.deepEqual(
    ran.map(({ law, violations }) => [law, violations]),
    [
      ["gate.types", 2],
      ["shop.customer", 2],
      ["shop.large", 1],
      ["shop.held", 0],
    ],
  );
});
