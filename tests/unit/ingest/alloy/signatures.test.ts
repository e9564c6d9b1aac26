import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { test } from "node:test";
import canonicalize from "canonicalize";
import { preAuthenticationEncoding } from "../../../../ingest/alloy/envelope.ts";
import { publicKeyOf } from "../../../../ingest/alloy/public_key.ts";
import type { GateFacts } from "../../../../ingest/gate_adapter.ts";
import type { Value } from "../../../../schema/value.ts";
import { factsOf, folderOf, placeOf, readAlloy } from "../../../support/alloys.ts";
import { LEAF, ROOT, STRANGER } from "../../../support/certificates.ts";

interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const pairs: Readonly<Record<string, Pair>> = {
  EdDSA: generateKeyPairSync("ed25519"),
  ES256: generateKeyPairSync("ec", { namedCurve: "P-256" }),
  ES384: generateKeyPairSync("ec", { namedCurve: "P-384" }),
};
const other = generateKeyPairSync("ed25519");
const pem = ({ publicKey }: Pair): string => publicKey.export({ format: "pem", type: "spki" }) as string;
const pair = (algorithm: string): Pair => pairs[algorithm] as Pair;

const policy = await folderOf({
  "keys.toml": Object.entries(pairs)
    .map(
      ([algorithm, own]) =>
        `[[registered_key]]\nkey = "k-${algorithm}"\nalgorithm = "${algorithm}"\nowner = "o"\npublic_key = """\n${pem(own)}"""\n`,
    )
    .join("\n"),
  "roots.toml": `[[trusted_root]]\ncertificate = """\n${ROOT}"""\n`,
});

function signed(algorithm: string, message: Uint8Array, encoding: "ieee-p1363" | "der" = "ieee-p1363"): string {
  const { privateKey } = pair(algorithm);
  if (algorithm === "EdDSA") return sign(null, message, privateKey).toString("base64url");
  return sign(algorithm === "ES256" ? "sha256" : "sha384", message, { key: privateKey, dsaEncoding: encoding }).toString("base64url");
}

const integrity = {
  alloyHash: "sha256:aa",
  attestedAt: "2026-01-01T00:00:00Z",
  audience: "market",
  code: { runner: "r", version: "1" },
  datasets: [{ name: "d", hash: "sha256:dd" }],
  modelHash: "sha256:mm",
  nonce: "00ff",
  trustLevel: "verified",
};
const benchmarks = [{ name: "humaneval", score: 36.0 }];
const payload = Buffer.from(
  canonicalize({
    alloyHash: "sha256:aa",
    attestedAt: "2026-01-01T00:00:00Z",
    audience: "market",
    benchmarkResults: benchmarks,
    codeHash: `sha256:${createHash("sha256").update('{"runner":"r","version":"1"}').digest("hex")}`,
    datasetHashes: ["sha256:dd"],
    modelHash: "sha256:mm",
    nonce: "00ff",
  }) as string,
);

function withSignature(signature: object, changed: object = {}): object {
  return { name: "a", results: { benchmarks, integrity: { ...integrity, signature, ...changed } } };
}

async function resultOf(document: object): Promise<Value[] | undefined> {
  return factsOf(await readAlloy(document, { policy }), "signature")[0];
}

const AT = "/results/integrity/signature";

for (const algorithm of ["EdDSA", "ES256", "ES384"]) {
  const keyId = `k-${algorithm}`;
  test(`${algorithm}: a signature holds over the payload, or over its digest as a message, and says which`, async () => {
    const digest = createHash("sha256").update(payload).digest();
    assert.deepEqual(await resultOf(withSignature({ algorithm, keyId, value: signed(algorithm, payload) })), [AT, keyId, "ok", "jcs"]);
    assert.deepEqual(await resultOf(withSignature({ algorithm, keyId, value: signed(algorithm, digest) })), [
      AT,
      keyId,
      "ok",
      "jcs_sha256",
    ]);
    if (algorithm !== "EdDSA") {
      assert.deepEqual(await resultOf(withSignature({ algorithm, keyId, value: signed(algorithm, payload, "der") })), [
        AT,
        keyId,
        "ok",
        "jcs",
      ]);
    }
  });

  test(`${algorithm}: whatever it covers cannot change`, async () => {
    const value = signed(algorithm, payload);
    for (const changed of [
      { modelHash: "x" },
      { nonce: "00fe" },
      { audience: null },
      { code: {} },
      { datasets: [] },
      { attestedAt: "2027-01-01" },
    ]) {
      assert.deepEqual(
        await resultOf(withSignature({ algorithm, keyId, value }, changed)),
        [AT, keyId, "bad", ""],
        JSON.stringify(changed),
      );
    }
    const hex = Buffer.from(value, "base64url");
    hex[5] = (hex[5] ?? 0) ^ 1;
    assert.deepEqual(await resultOf(withSignature({ algorithm, keyId, value: hex.toString("base64url") })), [AT, keyId, "bad", ""]);
  });
}

test("what the signature does not cover may change", async () => {
  const value = signed("EdDSA", payload);
  const result = await resultOf(withSignature({ algorithm: "EdDSA", keyId: "k-EdDSA", value }, { trustLevel: "enclave" }));
  assert.deepEqual(result?.[2], "ok");
});

test("an algorithm that cannot be checked is unsupported, never ok", async () => {
  for (const algorithm of ["ML-DSA-65", "ML-DSA-87", "SLH-DSA-128s", "none", "RS256", "es256"]) {
    assert.deepEqual(await resultOf(withSignature({ algorithm, keyId: "k-ES256", value: signed("ES256", payload) })), [
      AT,
      "",
      "unsupported",
      "",
    ]);
  }
});

test("only registered keys count: the one inside the document is never used", async () => {
  const value = sign(null, payload, other.privateKey).toString("base64url");
  const publicKey = other.publicKey.export({ format: "der", type: "spki" }).toString("base64url");
  assert.deepEqual(await resultOf(withSignature({ algorithm: "EdDSA", publicKey, value })), [AT, "", "unknown_key", ""]);
  assert.deepEqual(await resultOf(withSignature({ algorithm: "EdDSA", keyId: "k-EdDSA", publicKey, value })), [AT, "k-EdDSA", "bad", ""]);
  assert.deepEqual(await resultOf(withSignature({ algorithm: "EdDSA", keyId: "nobody", value })), [AT, "", "unknown_key", ""]);
  const read = await readAlloy(withSignature({ algorithm: "EdDSA", publicKey, value }), { policy });
  assert.deepEqual(factsOf(read, "embedded_key"), [[AT, publicKeyOf(publicKey)?.digest]]);
});

test("without an id the registered key is found by the one inside", async () => {
  const raw = pair("EdDSA").publicKey.export({ format: "jwk" }).x as string;
  assert.deepEqual(await resultOf(withSignature({ algorithm: "EdDSA", publicKey: raw, value: signed("EdDSA", payload) })), [
    AT,
    "k-EdDSA",
    "ok",
    "jcs",
  ]);
});

test("a key of another algorithm does not fit, and what is no signature is malformed", async () => {
  assert.deepEqual(await resultOf(withSignature({ algorithm: "ES256", keyId: "k-EdDSA", value: signed("EdDSA", payload) })), [
    AT,
    "k-EdDSA",
    "bad",
    "",
  ]);
  assert.deepEqual(await resultOf(withSignature({ algorithm: "ES256", keyId: "k-ES256", value: "%%%" })), [AT, "", "malformed", ""]);
  assert.deepEqual(await resultOf(withSignature({ keyId: "k-ES256", value: "AAAA" })), [AT, "", "malformed", ""]);
});

test("keys are read as PEM, SubjectPublicKeyInfo, raw and compressed, in base64 and hexadecimal digits", () => {
  for (const own of Object.values(pairs)) {
    const der = own.publicKey.export({ format: "der", type: "spki" });
    const digest = `sha256:${createHash("sha256").update(der).digest("hex")}`;
    const head = own.publicKey.asymmetricKeyType === "ed25519" ? 12 : der.length === 91 ? 26 : 23;
    const raw = der.subarray(head);
    const forms = [pem(own), der.toString("base64"), der.toString("base64url"), raw.toString("base64url"), raw.toString("hex")];
    if (raw.length > 32) {
      const half = (raw.length - 1) / 2;
      const compressed = Buffer.concat([Buffer.from([2 + ((raw.at(-1) ?? 0) & 1)]), raw.subarray(1, 1 + half)]);
      forms.push(compressed.toString("base64url"), compressed.toString("hex"));
    }
    for (const form of forms) assert.equal(publicKeyOf(form)?.digest, digest, form);
  }
  const rsa = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({ format: "pem", type: "spki" }) as string;
  const koblitz = generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey.export({ format: "pem", type: "spki" }) as string;
  assert.deepEqual([rsa, koblitz, "", "nonsense!", "AAAA", "-----BEGIN PUBLIC KEY-----"].map(publicKeyOf), [
    null,
    null,
    null,
    null,
    null,
    null,
  ]);
});

test("certifications are signed by themselves", async () => {
  const body = { adapter: "a", version: "1", domain: "d", result: { score: 1.5 }, nonce: "n", attestedAt: "2026-01-01" };
  const message = Buffer.from(canonicalize(body) as string);
  const value = signed("ES256", message);
  const signature = { algorithm: "ES256", keyId: "k-ES256", value };
  const certifications = [
    { ...body, sourceRepo: "free", signature },
    { ...body, domain: "e", signature },
  ];
  const read = await readAlloy({ results: { integrity: { certifications } } }, { policy });
  assert.deepEqual(factsOf(read, "signature"), [
    ["/results/integrity/certifications/0/signature", "k-ES256", "ok", "jcs"],
    ["/results/integrity/certifications/1/signature", "k-ES256", "bad", ""],
  ]);
});

test("DSSE: the encoding of the protocol's own example", () => {
  const encoded = preAuthenticationEncoding("http://example.com/HelloWorld", Buffer.from("hello world"));
  assert.equal(encoded.toString(), "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
});

test("DSSE: signatures are over the encoding, and the payload's values are facts", async () => {
  const body = Buffer.from('{"name":"inside","results":{"integrity":{"modelHash":"sha256:zz"}}}');
  const envelope = {
    payloadType: "application/vnd.in-toto+json",
    payload: body.toString("base64"),
    signatures: [
      {
        keyid: "k-ES256",
        sig: Buffer.from(signed("ES256", preAuthenticationEncoding("application/vnd.in-toto+json", body)), "base64url").toString("base64"),
      },
      { keyid: "k-EdDSA", sig: Buffer.from(signed("EdDSA", body), "base64url").toString("base64") },
      { keyid: "nobody", sig: "AAAA" },
      { sig: "!" },
    ],
  };
  const read = await readAlloy(envelope, { policy });
  assert.deepEqual(factsOf(read, "signature"), [
    ["/signatures/0", "k-ES256", "ok", "dsse"],
    ["/signatures/1", "k-EdDSA", "bad", ""],
    ["/signatures/2", "", "unknown_key", ""],
    ["/signatures/3", "", "malformed", ""],
  ]);
  assert.deepEqual(payloadTexts(read), [
    ["/payload", "name", "inside"],
    ["/payload/results/integrity", "modelHash", "sha256:zz"],
  ]);
  assert.equal(factsOf(read, "digest").find(([rule]) => rule === "raw")?.[1], `sha256:${createHash("sha256").update(body).digest("hex")}`);
  assert.equal(placeOf(read, "text", "/payload", "name"), "a.alloy.json:3:14");
});

function payloadTexts(read: GateFacts): Value[][] {
  return factsOf(read, "text").filter(([parent]) => String(parent).startsWith("/payload"));
}

test("certificates: validity, and who issued whom", async () => {
  const chains: readonly (readonly [readonly string[], readonly (readonly [string, string])[]])[] = [
    [
      [LEAF, ROOT],
      [
        ["O=Forge, CN=signer", "ok"],
        ["CN=Test Root", "ok"],
      ],
    ],
    [[LEAF], [["O=Forge, CN=signer", "ok"]]],
    [
      [LEAF, STRANGER],
      [
        ["O=Forge, CN=signer", "bad"],
        ["CN=Stranger", "ok"],
      ],
    ],
    [
      [STRANGER, LEAF],
      [
        ["CN=Stranger", "bad"],
        ["O=Forge, CN=signer", "ok"],
      ],
    ],
    [
      [LEAF, "no certificate", ROOT],
      [
        ["O=Forge, CN=signer", "bad"],
        ["", "bad"],
        ["CN=Test Root", "ok"],
      ],
    ],
  ];
  for (const [certificateChain, expected] of chains) {
    const read = await readAlloy(withSignature({ algorithm: "ES256", value: "AAAA", certificateChain }), { policy });
    const facts = factsOf(read, "certificate");
    assert.deepEqual(
      facts.map(([, , subject, , , , issued]) => [subject, issued]),
      expected,
    );
  }
  const [leaf] = factsOf(
    await readAlloy(withSignature({ algorithm: "ES256", value: "AAAA", certificateChain: [LEAF] }), { policy }),
    "certificate",
  );
  assert.deepEqual(leaf?.slice(0, 2), [AT, 0n]);
  assert.deepEqual(leaf?.slice(3, 5), [
    BigInt(Date.parse("2026-11-21T07:08:14Z") / 1000),
    BigInt(Date.parse("2027-11-21T07:08:14Z") / 1000),
  ]);
  const alone = await readAlloy(withSignature({ algorithm: "ES256", value: "AAAA", certificateChain: [LEAF] }));
  assert.equal(factsOf(alone, "certificate")[0]?.[6], "bad");
});
