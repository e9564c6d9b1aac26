import assert from "node:assert/strict";
import { test } from "node:test";
import { ownViolations } from "../../../../api/cli/own_violations.ts";
import { verdict, violation } from "../../../support/sample_reports.ts";

const fact = (from: "base" | "delta") => ({ relation: "p", row: ["x"], from, place: null });

test("warnings about what was accepted before are counted, not listed", () => {
  const given = verdict({
    violations: [
      violation(1, { severity: "warn", law: "shop.large", facts: [fact("base"), fact("base")] }),
      violation(2, { severity: "warn", law: "shop.large", facts: [fact("base"), fact("delta")] }),
      violation(3, { severity: "warn", law: "shop.large", facts: [] }),
      violation(4, { facts: [fact("base")] }),
    ],
    laws: [
      { law: "shop.customer", severity: "error", violations: 1, waived: 0, micros: 1 },
      { law: "shop.large", severity: "warn", violations: 3, waived: 0, micros: 1 },
    ],
    total: 4,
  });
  const { verdict: own, events } = ownViolations(given);
  assert.deepEqual(
    own.violations.map(({ fingerprint }) => Number(fingerprint)),
    [2, 3, 4],
  );
  assert.deepEqual([own.total, own.laws.map(({ violations }) => violations)], [3, [1, 2]]);
  assert.deepEqual(
    events.map(({ code }) => code),
    ["gate.before"],
  );
});

test("a verdict without such warnings stays as it is", () => {
  const given = verdict();
  assert.deepEqual(ownViolations(given), { verdict: given, events: [] });
});
