import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { test } from "node:test";
import { preAuthEncoding, signedEnvelope, verifiedPayload } from "../../../../verify/attest/dsse.ts";
import { checkingKey, signingKey } from "../../../../verify/signing/keys.ts";
import { pemPair } from "../../../support/pem_keys.ts";

test("the bytes that are signed are those of the protocol's own example", () => {
  const encoded = Buffer.from(preAuthEncoding("http://example.com/HelloWorld", Buffer.from("hello world"))).toString();
  assert.equal(encoded, "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  assert.equal(Buffer.from(preAuthEncoding("", Buffer.alloc(0))).toString(), "DSSEv1 0  0 ");
  assert.equal(Buffer.from(preAuthEncoding("é", Buffer.from("ü"))).toString(), "DSSEv1 2 é 2 ü");
});

/** The key and signature of the protocol's test vector (secure-systems-lab/dsse, protocol.md): ECDSA P-256, deterministic, r and s as they are. */
const VECTOR = {
  x: 46950820868899156662930047687818585632848591499744589407958293238635476079160n,
  y: 5640078356564379163099075877009565129882514886557779369047442380624545832820n,
  sig: "A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==",
};

test("the protocol's signature vector verifies, once its signature is written in DER", () => {
  const b64 = (n: bigint): string => Buffer.from(n.toString(16).padStart(64, "0"), "hex").toString("base64url");
  const jwk = { kty: "EC", crv: "P-256", x: b64(VECTOR.x), y: b64(VECTOR.y) };
  const pem = createPublicKey({ key: jwk, format: "jwk" }).export({ type: "spki", format: "pem" }).toString();
  const key = checkingKey(pem, "vector.pem");
  const raw = Buffer.from(VECTOR.sig, "base64");
  const integer = (bytes: Buffer): Buffer => {
    const trimmed = bytes.subarray(bytes.findIndex((byte) => byte !== 0));
    const padded = (trimmed[0] ?? 0) >= 128 ? Buffer.concat([Buffer.of(0), trimmed]) : trimmed;
    return Buffer.concat([Buffer.of(2, padded.length), padded]);
  };
  const body = Buffer.concat([integer(raw.subarray(0, 32)), integer(raw.subarray(32))]);
  const sig = Buffer.concat([Buffer.of(0x30, body.length), body]).toString("base64");
  const payload = Buffer.from("hello world").toString("base64");
  const envelope = { payloadType: "http://example.com/HelloWorld", payload, signatures: [{ sig }] };
  assert.equal(Buffer.from(verifiedPayload(envelope, key) ?? []).toString(), "hello world");
  assert.equal(verifiedPayload({ ...envelope, payloadType: "http://example.com/Other" }, key), null);
});

for (const kind of ["ed25519", "p256"] as const) {
  test(`${kind}: an envelope gives its payload to the key that signed it, and to no other`, () => {
    const { privatePem, publicPem } = pemPair(kind);
    const envelope = signedEnvelope("text/x", Buffer.from("payload"), signingKey(privatePem, "k"));
    const key = checkingKey(publicPem, "p");
    assert.equal(Buffer.from(verifiedPayload(envelope, key) ?? []).toString(), "payload");
    assert.equal(verifiedPayload(envelope, checkingKey(pemPair(kind).publicPem, "o")), null);
    assert.equal(verifiedPayload({ ...envelope, payload: Buffer.from("pay1oad").toString("base64") }, key), null);
    assert.equal(verifiedPayload({ ...envelope, signatures: [] }, key), null);
    const renamed = { ...envelope, signatures: [{ keyid: "another", sig: envelope.signatures[0]?.sig ?? "" }] };
    assert.notEqual(verifiedPayload(renamed, key), null);
  });
}
