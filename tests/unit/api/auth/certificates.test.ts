import assert from "node:assert/strict";
import { copyFileSync, readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { test } from "node:test";
import { spiffeId } from "../../../../api/auth/spiffe.ts";
import { Authority, folder, hasOpenssl, withDoor } from "../../../support/doors.ts";

test("a SPIFFE id is the one URI among a certificate's names", () => {
  assert.equal(spiffeId("URI:spiffe://example.org/ci/main")?.text, "spiffe://example.org/ci/main");
  assert.equal(spiffeId("DNS:ci.example.org, URI:spiffe://example.org")?.domain, "example.org");
  const bad = [
    "",
    "DNS:spiffe://example.org/ci",
    "URI:https://example.org/ci",
    "URI:spiffe://example.org/ci, URI:spiffe://example.org/admin",
    'DNS:"x, URI:spiffe://example.org/ci"',
    "URI:spiffe://Example.org/ci",
    "URI:spiffe://example.org/a/../b",
    "URI:spiffe://example.org/a//b",
    "URI:spiffe://example.org/a/",
    "URI:spiffe://example.org:8080/a",
    "URI:spiffe://user@example.org/a",
    `URI:spiffe://example.org/${"a".repeat(3_000)}`,
  ];
  for (const names of bad) assert.equal(spiffeId(names), null, names);
});

interface Client {
  readonly certificate: string;
  readonly key: string;
}

function get(
  url: string,
  ca: string,
  client: Client | null,
  agent: Agent | undefined = undefined,
): Promise<{ status: number; code: string | null; principal: string }> {
  const shown = client === null ? {} : { cert: readFileSync(client.certificate), key: readFileSync(client.key) };
  return new Promise((resolve, reject) => {
    const sent = request(url, { ca: readFileSync(ca), agent: agent ?? new Agent(), servername: "localhost", ...shown }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on("end", () => {
        const body = JSON.parse(text) as { error: { code: string; detail: string } | null };
        resolve({ status: response.statusCode ?? 0, code: body.error?.code ?? null, principal: body.error?.detail ?? "" });
      });
    });
    sent.on("error", reject);
    sent.end();
  });
}

test("a client is its certificate's SPIFFE id, and the trust bundle and the server's certificate rotate without a restart", {
  skip: !hasOpenssl,
}, async () => {
  const directory = folder();
  const [ours, theirs] = [new Authority(directory, "ours"), new Authority(directory, "theirs")];
  const server = ours.issue("server", "DNS:localhost,IP:127.0.0.1");
  const ci = ours.issue("ci", "URI:spiffe://example.org/ci");
  const two = ours.issue("two", "URI:spiffe://example.org/ci,URI:spiffe://example.org/admin");
  const elsewhere = ours.issue("elsewhere", "URI:spiffe://else.org/ci");
  const stranger = theirs.issue("stranger", "URI:spiffe://example.org/ci");
  const bundle = `${directory}/bundle.pem`;
  copyFileSync(ours.certificate, bundle);
  const served = { certificate: `${directory}/now.pem`, key: `${directory}/now.key` };
  copyFileSync(server.certificate, served.certificate);
  copyFileSync(server.key, served.key);
  const tls = { ...served, clientAuthorities: bundle };
  await withDoor(
    { certificates: { bundle, trustDomain: "example.org" } },
    async ({ url }) => {
      assert.match(url, /^https:/);
      const facts = `${url}/v1/facts/order`;
      const known = await get(facts, ours.certificate, ci);
      assert.deepEqual([known.status, known.code], [403, "auth.forbidden"]);
      assert.match(known.principal, /spiffe:\/\/example\.org\/ci/);
      assert.equal((await get(facts, ours.certificate, null)).code, "auth.required");
      for (const client of [two, elsewhere, stranger]) assert.equal((await get(facts, ours.certificate, client)).code, "auth.unknown");

      const kept = new Agent({ keepAlive: true, maxSockets: 1 });
      assert.equal((await get(facts, ours.certificate, ci, kept)).code, "auth.forbidden");
      copyFileSync(theirs.certificate, bundle);
      assert.equal((await get(facts, ours.certificate, ci, kept)).code, "auth.unknown");
      kept.destroy();
      const renewed = theirs.issue("renewed", "DNS:localhost");
      copyFileSync(renewed.certificate, served.certificate);
      copyFileSync(renewed.key, served.key);
      assert.equal((await get(facts, theirs.certificate, stranger)).code, "auth.forbidden");
      assert.equal((await get(facts, theirs.certificate, ci)).code, "auth.unknown");
    },
    { tls },
  );
});
