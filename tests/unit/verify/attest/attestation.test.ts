import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Row } from "../../../../schema/value.ts";
import { checkAttestation, readBundle } from "../../../../verify/attest/check_attestation.ts";
import type { Envelope } from "../../../../verify/attest/dsse.ts";
import { FactsRoot } from "../../../../verify/attest/facts_root.ts";
import { type AttestedRun, attestVerdict, bundleText } from "../../../../verify/attest/statement.ts";
import { checkingKey, signingKey } from "../../../../verify/signing/keys.ts";
import { pemPair } from "../../../support/pem_keys.ts";
import { reports } from "../../../support/sample_reports.ts";

const { privatePem, publicPem } = pemPair();
const signer = signingKey(privatePem, "key.pem");
const key = checkingKey(publicPem, "pub.pem");

function run(name: string): AttestedRun {
  const report = reports[name];
  if (report === undefined) throw new Error(`no report ${name}`);
  return {
    verdict: report.verdict,
    subjects: [
      { name: "a b/é.json", sha256: "a".repeat(64) },
      { name: "b.json", sha256: "b".repeat(64) },
    ],
    time: "2026-11-21T07:00:00.000Z",
    at: "2026-11-20T00:00:00Z",
    version: "0.1.0",
    profile: { name: "published", hash: `sha256:${"c".repeat(64)}` },
    facts: { root: `sha256:${"d".repeat(64)}`, facts: 10 },
    base: null,
    resource: null,
  };
}

const statement = (envelope: Envelope): Record<string, unknown> & { predicate: Record<string, unknown> } =>
  JSON.parse(Buffer.from(envelope.payload, "base64").toString()) as never;

for (const [name, verdict, result, level] of [
  ["accepted", "accepted", "PASSED", "ASSAY_SHOP_PUBLISHED"],
  ["refused", "refused", "FAILED", "FAILED"],
  ["undecided", "undecided", "FAILED", "FAILED"],
] as const) {
  test(`a verdict that is ${name} is signed whole, and its summary says ${result}`, () => {
    const envelopes = attestVerdict(run(name), signer);
    const check = checkAttestation(readBundle(bundleText(envelopes), "v"), key);
    assert.deepEqual([check.ok, check.verdict, check.subjects.length], [true, verdict, 2]);
    const [summary, full] = envelopes.map(statement);
    assert.equal(summary?.["predicateType"], "https://slsa.dev/verification_summary/v1");
    assert.deepEqual([summary?.predicate["verificationResult"], summary?.predicate["verifiedLevels"]], [result, [level]]);
    assert.deepEqual(full?.predicate["profile"], { name: "published", hash: `sha256:${"c".repeat(64)}` });
    const { violations = [], laws = [] } = (full?.predicate ?? {}) as { violations?: unknown[]; laws?: unknown[] };
    assert.deepEqual([violations.length, laws.length], [run(name).verdict.violations.length, run(name).verdict.laws.length]);
  });
}

test("whatever is changed in a bundle, it does not hold", () => {
  const [summary, full] = attestVerdict(run("accepted"), signer);
  const [refusedSummary] = attestVerdict(run("refused"), signer);
  const [otherTime] = attestVerdict({ ...run("accepted"), time: "2026-11-21T08:00:00.000Z" }, signer);
  const [otherDocuments] = attestVerdict({ ...run("accepted"), subjects: [{ name: "x", sha256: "e".repeat(64) }] }, signer);
  const [unsigned] = attestVerdict(run("accepted"), signingKey(pemPair().privatePem, "other.pem"));
  const payload = Buffer.from(full.payload, "base64").toString().replace('"accepted"', '"refused"');
  const bundles: readonly (readonly Envelope[])[] = [
    [summary],
    [full],
    [summary, summary],
    [summary, full, full],
    [refusedSummary, full],
    [otherTime, full],
    [otherDocuments, full],
    [unsigned, full],
    [summary, { ...full, payload: Buffer.from(payload).toString("base64") }],
    [summary, { ...full, payloadType: "application/json" }],
    [summary, { ...full, signatures: [] }],
  ];
  for (const [index, bundle] of bundles.entries()) {
    const check = checkAttestation(bundle, key);
    assert.deepEqual([check.ok, check.verdict], [false, null], `bundle ${index}`);
  }
});

test("what is no envelope is told apart from one that does not hold", () => {
  for (const text of [
    "",
    "x",
    "{}",
    "[]",
    '{"payloadType":"t","payload":"x"}',
    `${JSON.stringify(attestVerdict(run("accepted"), signer)[0])}\nx`,
  ]) {
    assert.throws(() => readBundle(text, "v.jsonl"), { code: "attest.malformed", place: "v.jsonl" });
  }
  const [summary] = attestVerdict(run("accepted"), signer);
  assert.equal(readBundle(JSON.stringify(summary, null, 2), "v").length, 1);
});

test("the root of facts depends on the facts alone, not on their order or how often they are said", () => {
  const row = fc.tuple(
    fc.string(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  );
  const rootOf = (rows: readonly (readonly [string, Row])[]) => {
    const root = new FactsRoot();
    for (const [relation, one] of rows) root.add(relation, [one]);
    return root.finish();
  };
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom("p", "q"), row), { maxLength: 20 }), fc.nat(), (rows, pick) => {
      const found = rootOf(rows);
      assert.deepEqual(rootOf(rows.toReversed()), found);
      assert.deepEqual(rootOf([...rows, ...rows]), found);
      const one = rows[pick % Math.max(rows.length, 1)];
      if (one === undefined) return;
      const [relation, [text, ...rest]] = one;
      assert.notEqual(rootOf([...rows, [relation, [`${text}'`, ...rest]]]).root, found.root);
      assert.notEqual(rootOf([...rows, [`${relation}2`, [text, ...rest]]]).root, found.root);
    }),
  );
});
