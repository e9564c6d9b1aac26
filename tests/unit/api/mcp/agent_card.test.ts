import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { createLocalJWKSet, flattenedVerify, type JSONWebKeySet } from "jose";
import type { AgentCard } from "../../../../api/mcp/agent_card.ts";
import { canonicalJson } from "../../../../schema/canonical.ts";
import { signingKey } from "../../../../verify/signing/keys.ts";
import { withService } from "../../../support/services.ts";

const keys = {
  EdDSA: generateKeyPairSync("ed25519").privateKey,
  ES256: generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey,
};

for (const [alg, key] of Object.entries(keys)) {
  test(`the agent card is signed by ${alg} over its canonical form, by a key that the service gives`, async () => {
    const pem = key.export({ type: "pkcs8", format: "pem" }).toString();
    await withService(
      async ({ call, url }) => {
        const card = JSON.parse((await call("GET", "/.well-known/agent-card.json")).text) as AgentCard;
        const { signatures = [], ...rest } = card;
        assert.deepEqual(rest.supportedInterfaces, [{ url: `${url}/mcp`, protocolBinding: "MCP", protocolVersion: "2026-07-28" }]);
        const [signature] = signatures;
        assert.ok(signature !== undefined && signatures.length === 1);
        const set = JSON.parse((await call("GET", "/.well-known/jwks.json")).text) as JSONWebKeySet;
        assert.ok(!JSON.stringify(set).includes('"d":'));
        const payload = Buffer.from(canonicalJson({ ...rest })).toString("base64url");
        const { protectedHeader } = await flattenedVerify({ ...signature, payload }, createLocalJWKSet(set));
        assert.deepEqual([protectedHeader?.alg, protectedHeader?.["jku"]], [alg, `${url}/.well-known/jwks.json`]);
        const forged = Buffer.from(canonicalJson({ ...rest, name: "Another" })).toString("base64url");
        await assert.rejects(flattenedVerify({ ...signature, payload: forged }, createLocalJWKSet(set)));
      },
      { signingKey: signingKey(pem, "key.pem") },
    );
  });
}

test("without a key the card is unsigned, and it names the place that it was told", async () => {
  await withService(
    async ({ call }) => {
      const card = JSON.parse((await call("GET", "/.well-known/agent-card.json")).text) as AgentCard;
      assert.deepEqual([card.signatures, card.documentationUrl], [undefined, "https://facts.example/docs"]);
      assert.deepEqual(JSON.parse((await call("GET", "/.well-known/jwks.json")).text), { keys: [] });
      assert.deepEqual(card.skills.map(({ id }) => id).toSorted(), [
        "explain",
        "list_laws",
        "propose_delta",
        "query",
        "run_job",
        "what_if",
        "why_not",
      ]);
    },
    { publicUrl: "https://facts.example" },
  );
});
