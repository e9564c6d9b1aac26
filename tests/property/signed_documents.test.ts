import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { AssayError } from "../../schema/assay_error.ts";
import { checkAttestation, readBundle } from "../../verify/attest/check_attestation.ts";
import { signedEnvelope } from "../../verify/attest/dsse.ts";
import { PAYLOAD_TYPE, STATEMENT_TYPE, SUMMARY_TYPE, VERDICT_TYPE } from "../../verify/attest/statement.ts";
import { checkProof } from "../../verify/ledger/proof.ts";
import { readProof } from "../../verify/ledger/read_proof.ts";
import { checkingKey, signingKey } from "../../verify/signing/keys.ts";
import { pemPair } from "../support/pem_keys.ts";

const { privatePem, publicPem } = pemPair();
const key = checkingKey(publicPem, "pub.pem");
const signer = signingKey(privatePem, "key.pem");

const hash = fc.oneof(
  fc.constant(`sha256:${"0".repeat(64)}`),
  fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => `sha256:${Buffer.from(bytes).toString("hex")}`),
  fc.string(),
);
const size = fc.oneof(fc.nat(200), fc.maxSafeNat(), fc.double(), fc.constant(-1), fc.string());
const time = fc.constantFrom(
  "2026-11-21T07:00:00.000Z",
  "1969-12-31T23:59:59Z",
  "0000-01-01T00:00:00Z",
  "2026-99-99T00:00:00Z",
  "9999-12-31T23:59:59Z",
);
const signature = fc.oneof(
  fc.constant(null),
  fc.record({ keyid: fc.string(), algorithm: fc.constantFrom("ed25519", "ecdsa-p256-sha256", "none"), value: fc.base64String() }),
  fc.jsonValue(),
);
const head = fc.record({ size, root: hash, time, signature }, { requiredKeys: [] });
const path = fc.oneof(fc.array(hash, { maxLength: 70 }), fc.jsonValue());
const proof = fc.oneof(
  fc.record({ kind: fc.constant("inclusion"), index: size, leaf: fc.string(), path, head }, { requiredKeys: [] }),
  fc.record({ kind: fc.constant("consistency"), first: fc.record({ size, root: hash }), path, head }, { requiredKeys: [] }),
  fc.record({ kind: fc.constant("head"), head }, { requiredKeys: [] }),
  fc.jsonValue(),
);

test("whatever a proof holds, it is read and does not hold for a key that never signed it, or is no proof", () => {
  fc.assert(
    fc.property(proof, (value) => {
      try {
        const read = readProof(JSON.stringify(value), "p.json");
        assert.equal(checkProof(read, { key, root: null }).answer, "broken");
        checkProof(read, { key: null, root: null });
      } catch (error) {
        assert.ok(error instanceof AssayError && error.code === "ledger.proof", String(error));
      }
    }),
    { numRuns: 3_000 },
  );
});

const statement = fc.oneof(
  fc.record(
    {
      _type: fc.constantFrom(STATEMENT_TYPE, "other"),
      subject: fc.oneof(
        fc.array(fc.record({ name: fc.string(), digest: fc.record({ sha256: fc.constantFrom("a".repeat(64), "x") }) })),
        fc.jsonValue(),
      ),
      predicateType: fc.constantFrom(SUMMARY_TYPE, VERDICT_TYPE, "other"),
      predicate: fc.oneof(
        fc.record({
          verdict: fc.constantFrom("accepted", "refused", "passed"),
          time,
          verificationResult: fc.constantFrom("PASSED", "FAILED"),
          timeVerified: time,
        }),
        fc.jsonValue(),
      ),
    },
    { requiredKeys: [] },
  ),
  fc.jsonValue(),
);

test("whatever is signed, it is accepted only as a summary and a verdict that agree", () => {
  fc.assert(
    fc.property(fc.array(statement, { maxLength: 3 }), (statements) => {
      const envelopes = statements.map((one) => signedEnvelope(PAYLOAD_TYPE, Buffer.from(JSON.stringify(one)), signer));
      const check = checkAttestation(envelopes, key);
      assert.equal(check.ok, check.verdict !== null);
      if (!check.ok) return;
      assert.equal(statements.length, 2);
      const types = statements.map((one) => (one as { predicateType: string }).predicateType);
      assert.deepEqual(new Set(types), new Set([SUMMARY_TYPE, VERDICT_TYPE]));
    }),
    { numRuns: 2_000 },
  );
});

test("whatever a bundle holds, it is read or told to be none", () => {
  const envelope = fc.record({ payloadType: fc.string(), payload: fc.string(), signatures: fc.array(fc.record({ sig: fc.string() })) });
  fc.assert(
    fc.property(fc.array(fc.oneof(envelope, fc.jsonValue()), { maxLength: 4 }), (values) => {
      try {
        const envelopes = readBundle(values.map((value) => JSON.stringify(value)).join("\n"), "v");
        assert.equal(checkAttestation(envelopes, key).ok, false);
      } catch (error) {
        assert.ok(error instanceof AssayError && error.code === "attest.malformed", String(error));
      }
    }),
    { numRuns: 2_000 },
  );
});
