import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { makeKey, writeKeys } from "../../../../api/auth/api_keys.ts";
import { systemClock } from "../../../../schema/clock.ts";
import { makeRootKey, mintToken } from "../../../../verify/checks/authorization/tokens.ts";
import { bearer, fileIn, folder, withDoor } from "../../../support/doors.ts";
import { type Answered, orderOf, type Served } from "../../../support/services.ts";
import { traceCollector } from "../../../support/trace_collector.ts";

const NOW_S = Math.floor(Date.parse(systemClock.now()) / 1_000);

/** The parts of a credential that prove something: each long run of characters that base64 or hex may have. */
function secretParts(credential: string): string[] {
  return (credential.match(/[A-Za-z0-9_-]{24,}/g) ?? []).flatMap((run) => [run, run.slice(-24)]);
}

type Call = Served["call"];

/** What an agent asks with a credential: its tools, a proposal, and a call that fails. */
async function askAsAgent(call: Call, credential: string): Promise<Answered[]> {
  const headers = { ...bearer(credential), "content-type": "application/json", accept: "application/json, text/event-stream" };
  const ask = (method: string, params: object) =>
    call("POST", "/mcp", { headers, body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }) });
  const delta = { reason: "an agent's", assert: { customer: [["agent", 1]] } };
  return [
    await ask("tools/list", {}),
    await ask("tools/call", { name: "propose_delta", arguments: delta }),
    await ask("tools/call", { name: "explain", arguments: { target: credential.slice(0, 8) } }),
  ];
}

/** The first events that a subscriber with a credential is told, or why it is told none. */
async function firstEvents(url: string, credential: string): Promise<string> {
  const aborted = new AbortController();
  const response = await fetch(`${url}/v1/events?topic=commits&cursor=0`, { headers: bearer(credential), signal: aborted.signal });
  const reader = response.body?.getReader();
  const { value } = (await reader?.read()) ?? {};
  aborted.abort();
  return new TextDecoder().decode(value);
}

/** What the service says of itself to anyone. */
const PAGES = [
  "/openapi.json",
  "/docs",
  "/.well-known/agent-card.json",
  "/.well-known/jwks.json",
  "/problems/auth.unknown",
  "/health/ready",
];

/** Credentials that a door knows, ones that it does not, what else is secret behind it, and its settings. */
async function plantedCredentials() {
  const directory = folder();
  const root = await makeRootKey();
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  const jwk = { ...(await exportJWK(publicKey)), kid: "k", alg: "ES256" };
  const key = makeKey("root", ["admin"], systemClock.now(), null);
  const keys = join(directory, "keys.json");
  writeKeys(keys, [key.key]);
  const jwt = await new SignJWT({ sub: "ann", groups: ["admin"] })
    .setProtectedHeader({ alg: "ES256", kid: "k" })
    .setExpirationTime(NOW_S + 60)
    .sign(privateKey);
  const token = await mintToken(root.privateKey, { user: "ci", groups: ["admin"] });
  const small = await mintToken(root.privateKey, { user: "ci", groups: [], relations: ["none"] });
  const good = [key.text, jwt, token];
  const bad = [
    `${key.text}x`,
    `${jwt.slice(0, -6)}AAAAAA`,
    `${token.slice(0, -8)}AAAAAAAA`,
    small,
    `assay_${"0".repeat(16)}_planted-secret-in-a-wrong-key`,
  ];
  const settings = {
    keys,
    jwt: { jwks: fileIn(directory, "jwks.json", JSON.stringify({ keys: [jwk] })), issuer: null, audience: null },
    tokens: { root: fileIn(directory, "root.pub", root.publicKey), revoked: null },
  };
  const planted = [...good, ...bad, root.privateKey.split("/")[1] ?? ""];
  return { good, bad, planted, settings };
}

test("credentials, good and bad, show in no log, answer, event, page, metric, trace, fact or file of the fact base", async () => {
  const { good, bad, planted, settings } = await plantedCredentials();
  const said: string[] = [];
  const logTo = { write: (line: string) => void said.push(line) };
  const collector = await traceCollector();
  const path = join(folder(), "facts.duckdb");
  await withDoor(
    settings,
    async ({ call, submit, url }) => {
      const note = async (answered: Promise<{ readonly text: string; readonly headers: Headers }>): Promise<void> => {
        const { text, headers } = await answered;
        said.push(text, JSON.stringify([...headers]));
      };
      for (const [index, credential] of [...good, ...bad].entries()) {
        const proposer = ["root", "ann", "ci"][index] ?? "ci";
        await note(submit({ ...orderOf(index), proposer }, "/v1/deltas", bearer(credential)));
        await note(call("GET", "/v1/facts/order", { headers: { "x-api-key": credential } }));
        await note(call("GET", "/v1/facts/order", { headers: { authorization: credential } }));
        await note(call("GET", `/v1/${credential.slice(0, 100)}`, { headers: bearer(credential) }).then((one) => ({ ...one, text: "" })));
        for (const answer of await askAsAgent(call, credential)) said.push(answer.text, JSON.stringify([...answer.headers]));
        said.push(await firstEvents(url, credential));
      }
      for (const page of PAGES) await note(call("GET", page, { headers: bearer(good[0] ?? "") }));
      await note(call("GET", "/metrics", { headers: bearer(good[0] ?? "") }));
      await note(call("GET", "/v1/commits", { headers: bearer(good[0] ?? "") }));
      said.push(readFileSync(settings.keys, "utf8"));
    },
    { logLevel: "debug", logTo, path, traceTo: collector.url },
  );
  collector.close();
  assert.ok(collector.sent.some((span) => span.includes("POST /mcp")));
  said.push(...collector.sent);
  for (const file of readdirSync(join(path, ".."))) said.push(readFileSync(join(path, "..", file)).toString("latin1"));
  for (const expected of ['"accepted"', "auth.unknown", "event: commit", "propose_delta", '"openapi":"3.1', "an agent's"]) {
    assert.ok(
      said.some((line) => line.includes(expected)),
      expected,
    );
  }
  const all = said.join("\n");
  for (const [index, secret] of planted.entries()) {
    for (const part of secretParts(secret)) assert.ok(!all.includes(part), `a part of the secret ${index} shows`);
  }
});
