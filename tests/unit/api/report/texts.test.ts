import assert from "node:assert/strict";
import { test } from "node:test";
import { countText, durationText } from "../../../../api/report/count_text.ts";
import { envelopeJson } from "../../../../api/report/envelope_json.ts";
import { errorText } from "../../../../api/report/error_text.ts";
import { factText, printable } from "../../../../api/report/fact_text.ts";
import { plainStyle } from "../../../../api/report/style.ts";
import { verdictText } from "../../../../api/report/verdict_text.ts";
import type { Verdict, Violation } from "../../../../schema/verdict.ts";

const violation = (n: number): Violation => ({
  law: "npm.integrity",
  severity: "error",
  message: `p${n} has no hash`,
  witness: { path: `p${n}` },
  facts: [{ relation: "package", row: [`p${n}`, 2n ** 60n], from: "delta", place: `lock.json:${n}` }],
  rule: { file: "laws.dl", line: 3 },
  place: `lock.json:${n}`,
  fingerprint: `f${n}`,
});
const verdict: Verdict = {
  verdict: "refused",
  delta: "sha256:00",
  commit: null,
  base: 4,
  theories: {},
  checked: { laws: 2, facts: 10, delta_facts: 3 },
  laws: [
    { law: "npm.integrity", severity: "error", violations: 3, waived: 0, micros: 1 },
    { law: "npm.held", severity: "warn", violations: 0, waived: 0, micros: 1 },
  ],
  violations: [violation(1), violation(2), violation(3)],
  total: 3,
  cursor: null,
  undecided: null,
  repairs: [],
  engine: "duckdb",
  replayed: false,
};

test("a fact prints as a program would write it", () => {
  assert.equal(factText("p", ['a"b\\', -5n, 2, 0.5]), 'p("a\\"b\\\\", -5, 2.0, 0.5)');
});

test("control and direction characters are written out", () => {
  assert.equal(printable("a\u001b[0m\u202eb\n"), "a\\u001b[0m\\u202eb\\n");
});

test("a verdict shows each violation with its facts and places, and says what it left out", () => {
  const text = verdictText(verdict, { style: plainStyle, perLaw: 2, micros: null });
  for (const part of [
    "npm.integrity",
    "p1 has no hash",
    "lock.json:2",
    'package("p1", 1152921504606846976)',
    "laws.dl:3",
    "f1",
    "npm.held",
  ]) {
    assert.ok(text.includes(part), part);
  }
  assert.ok(!text.includes("p3 has no hash"));
  assert.ok(text.includes("1 more violation"));
});

test("an undecided verdict names the bound", () => {
  const undecided = { code: "limit.rounds", relation: "n", bound: 5, unit: "rounds", detail: "`n` needs more than 5 rounds" };
  const text = verdictText({ ...verdict, verdict: "undecided", undecided, violations: [] }, { style: plainStyle, perLaw: 2, micros: 5 });
  assert.ok(text.includes("limit.rounds"));
});

test("an error prints its code, place, next step and the errors beside it", () => {
  const report = { code: "a.b", title: "t", detail: "d", place: "f.dl:1:2", help: "h" };
  const text = errorText({ ...report, also: [{ ...report, code: "c.d" }] }, plainStyle);
  for (const part of ["a.b", "c.d", "f.dl:1:2", "h"]) assert.ok(text.includes(part), part);
});

test("the envelope keeps every digit", () => {
  const text = envelopeJson({ ok: true, data: [2n ** 53n - 1n, 2n ** 53n, -1n], error: null, events: [], cursor: null });
  assert.deepEqual((JSON.parse(text) as { data: unknown }).data, [9007199254740991, "9007199254740992", -1]);
});

test("counts and durations read well", () => {
  assert.deepEqual([countText(1, "fact"), countText(21873, "fact")], ["1 fact", "21,873 facts"]);
  assert.deepEqual([durationText(85), durationText(1500), durationText(3_400_000)], ["85 µs", "2 ms", "3.4 s"]);
});
