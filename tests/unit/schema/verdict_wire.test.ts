import assert from "node:assert/strict";
import { test } from "node:test";
import { type CanonicalInput, canonicalJson } from "../../../schema/canonical.ts";
import type { Verdict } from "../../../schema/verdict.ts";
import { readVerdict, verdictHash, verdictJson } from "../../../schema/verdict_wire.ts";

const verdict: Verdict = {
  verdict: "refused",
  delta: "sha256:aa",
  commit: null,
  base: 3,
  theories: { t: "sha256:bb" },
  checked: { laws: 1, facts: 2, delta_facts: 1 },
  laws: [{ law: "t.l", severity: "error", violations: 1, waived: 0, micros: 17 }],
  violations: [
    {
      law: "t.l",
      severity: "error",
      message: "é",
      witness: { n: 2n ** 63n - 1n, m: 5n, f: 1.5, s: "5" },
      facts: [{ relation: "p", row: [1n, "x", 0.1], from: "delta", place: null }],
      rule: { file: "t/t.dl", line: 3 },
      place: null,
      fingerprint: "00",
    },
  ],
  total: 1,
  cursor: null,
  undecided: null,
  repairs: [],
  engine: "duckdb",
  replayed: false,
};

test("a stored verdict reads back to the same JSON, byte for byte, and to the same hash", () => {
  const json = verdictJson(verdict);
  const again = readVerdict(json);
  assert.equal(verdictJson(again), json);
  assert.equal(verdictHash(again), verdictHash(verdict));
  assert.deepEqual(again.violations[0]?.witness, { n: "9223372036854775807", m: 5n, f: 1.5, s: "5" });
  assert.deepEqual(again.violations[0]?.facts[0]?.row, [1n, "x", 0.1]);
});

test("the stored form is the RFC 8785 form, also where parts of it are shared by many verdicts", () => {
  const laws = [{ law: 'a "law"', severity: "warn" as const, violations: 0, waived: 0, micros: 3 }];
  const undecided = { code: "limit.rounds", relation: "m", bound: 5, unit: "rounds", detail: "é" };
  for (const change of [{}, { laws, commit: 7 }, { laws, total: 0, violations: [] }, { undecided, cursor: "after:1", delta: null }]) {
    const other: Verdict = { ...verdict, ...change };
    assert.equal(verdictJson(other), canonicalJson(other as unknown as CanonicalInput));
  }
});

test("the hash leaves out when, how often and by which engine a verdict was given, and nothing else", () => {
  const hash = verdictHash(verdict);
  assert.equal(verdictHash({ ...verdict, commit: 9, replayed: true }), hash);
  assert.equal(verdictHash({ ...verdict, laws: verdict.laws.map((law) => ({ ...law, micros: 1 })) }), hash);
  assert.equal(verdictHash({ ...verdict, engine: "other" }), hash);
  assert.equal(hash, "sha256:181e8e30c294b7102019c3b6c2aa808874582fdc6474928cbce6776fdb45ef61");
  const changes: Partial<Verdict>[] = [
    { verdict: "accepted" },
    { delta: null },
    { base: 4 },
    { theories: {} },
    { checked: { laws: 1, facts: 2, delta_facts: 2 } },
    { laws: [] },
    { violations: [] },
    { total: 2 },
    { cursor: "x" },
    { undecided: { code: "limit.rounds", relation: null, bound: null, unit: null, detail: "" } },
  ];
  for (const change of changes) assert.notEqual(verdictHash({ ...verdict, ...change }), hash, JSON.stringify(change));
});
