import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import { JwtReader } from "../../../../api/auth/jwt.ts";
import { AssayError } from "../../../../schema/assay_error.ts";
import { systemClock } from "../../../../schema/clock.ts";
import { fileIn, folder } from "../../../support/doors.ts";

interface Issuer {
  readonly jwk: JWK;
  sign(claims: object, parts?: { readonly ttl_s?: number; readonly issuer?: string; readonly audience?: string }): Promise<string>;
}

const NOW_S = Math.floor(Date.parse(systemClock.now()) / 1_000);

async function issuer(kid: string): Promise<Issuer> {
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  return {
    jwk: { ...(await exportJWK(publicKey)), kid, alg: "ES256", use: "sig" },
    sign: (claims, { ttl_s = 60, issuer: by = "https://id.example", audience = "assay" } = {}) =>
      new SignJWT({ ...claims })
        .setProtectedHeader({ alg: "ES256", kid })
        .setIssuer(by)
        .setAudience(audience)
        .setExpirationTime(NOW_S + ttl_s)
        .sign(privateKey),
  };
}

const settings = { issuer: "https://id.example", audience: "assay" };

async function code(reader: JwtReader, token: string): Promise<string> {
  const error = await reader.read(token, systemClock.now()).then(
    () => null,
    (cause: unknown) => cause,
  );
  return error instanceof AssayError ? error.code : "none";
}

test("a JWT's subject, groups, roles and claims become a principal", async () => {
  const one = await issuer("one");
  const reader = new JwtReader({ ...settings, jwks: fileIn(folder(), "jwks.json", JSON.stringify({ keys: [one.jwk] })) });
  const token = await one.sign({ sub: "ann", groups: ["clerks", 7, "bad\u0000"], roles: "auditor", scope: "read write", level: 3 });
  const principal = await reader.read(token, systemClock.now());
  assert.deepEqual([principal.id, principal.kind, principal.names], ["jwt:ann", "jwt", ["ann"]]);
  assert.deepEqual(principal.groups, ["clerks", "auditor"]);
  assert.ok(principal.claims?.some(([name, value]) => name === "level" && value === "3"));
  assert.ok(principal.claims?.some(([name, value]) => name === "scope" && value === "write"));
  assert.ok(!JSON.stringify(principal).includes(token.split(".")[2] ?? token));
});

test("what is expired, for others, by others, without a subject or unsigned is not accepted", async () => {
  const [one, other] = [await issuer("one"), await issuer("one")];
  const reader = new JwtReader({ ...settings, jwks: fileIn(folder(), "jwks.json", JSON.stringify({ keys: [one.jwk] })) });
  const unsigned = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${Buffer.from('{"sub":"ann","exp":9999999999}').toString("base64url")}.`;
  const shared = await new SignJWT({ sub: "ann" })
    .setProtectedHeader({ alg: "HS256" })
    .setExpirationTime(NOW_S + 60)
    .sign(new TextEncoder().encode(JSON.stringify(one.jwk)));
  const bad = [
    await one.sign({ sub: "ann" }, { ttl_s: -60 }),
    await one.sign({ sub: "ann" }, { issuer: "https://else.example" }),
    await one.sign({ sub: "ann" }, { audience: "else" }),
    await other.sign({ sub: "ann" }),
    await one.sign({}),
    await one.sign({ sub: "a\u0000b" }),
    unsigned,
    shared,
  ];
  for (const [index, token] of bad.entries()) assert.deepEqual([index, await code(reader, token)], [index, "auth.unknown"]);
  assert.equal(await code(reader, await one.sign({ sub: "ann" })), "none");
});

test("a key set that changes counts at once; one that is gone lets nobody in", async () => {
  const [one, two] = [await issuer("one"), await issuer("two")];
  const directory = folder();
  const jwks = fileIn(directory, "jwks.json", JSON.stringify({ keys: [one.jwk] }));
  const reader = new JwtReader({ jwks, issuer: null, audience: null });
  const tokens = [await one.sign({ sub: "ann" }), await two.sign({ sub: "bob" })] as const;
  assert.deepEqual([await code(reader, tokens[0]), await code(reader, tokens[1])], ["none", "auth.unknown"]);
  fileIn(directory, "jwks.json", JSON.stringify({ keys: [two.jwk] }));
  assert.deepEqual([await code(reader, tokens[0]), await code(reader, tokens[1])], ["auth.unknown", "none"]);
  fileIn(directory, "jwks.json", "{}");
  assert.equal(await code(reader, tokens[1]), "auth.config");
  assert.throws(() => new JwtReader({ jwks: `${directory}/none`, issuer: null, audience: null }), { code: "auth.config" });
});

test("a key set comes from a URL too", async () => {
  const one = await issuer("one");
  let status = 200;
  const server = createServer((_request, response) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ keys: [one.jwk] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const jwks = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
    const token = await one.sign({ sub: "ann" });
    assert.equal(await code(new JwtReader({ ...settings, jwks }), token), "none");
    status = 500;
    assert.equal(await code(new JwtReader({ ...settings, jwks }), token), "auth.config");
  } finally {
    server.close();
  }
});
