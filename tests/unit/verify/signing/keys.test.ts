import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { checkingKey, signingKey } from "../../../../verify/signing/keys.ts";
import { pemPair } from "../../../support/pem_keys.ts";

const message = Buffer.from("a verdict");

for (const kind of ["ed25519", "p256"] as const) {
  test(`${kind}: what a key signs its public half checks, and nothing else`, () => {
    const { privatePem, publicPem } = pemPair(kind);
    const signer = signingKey(privatePem, "key.pem");
    const checker = checkingKey(publicPem, "pub.pem");
    const signature = signer.sign(message);
    assert.equal(checker.check(message, signature), true);
    assert.equal(signer.keyid, checker.keyid);
    assert.equal(checker.check(Buffer.from("another"), signature), false);
    assert.equal(checkingKey(pemPair(kind).publicPem, "other.pem").check(message, signature), false);
    assert.equal(checker.check(message, signature.subarray(1)), false);
    assert.equal(checker.check(message, new Uint8Array()), false);
  });
}

test("other kinds of keys, encrypted keys and no keys are refused", () => {
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs8", format: "pem" });
  const p384 = generateKeyPairSync("ec", { namedCurve: "secp384r1" }).privateKey.export({ type: "pkcs8", format: "pem" });
  const locked = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" });
  for (const pem of [rsa, p384, locked, "", "no key"])
    assert.throws(() => signingKey(String(pem), "key.pem"), { code: "attest.key", place: "key.pem" });
  for (const pem of ["", "no key"]) assert.throws(() => checkingKey(pem, "pub.pem"), { code: "attest.key" });
});
