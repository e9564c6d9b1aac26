import assert from "node:assert/strict";
import { test } from "node:test";
import { regressions } from "../support/regressions.ts";
import { fuzz, guardedFault, type SentBy, senders, withGuarded } from "./api_credentials.ts";

const NOTHING = { path: {}, query: {}, headers: {} };
const JSON_MEDIA = "application/json";

test("the senders may do what they are said to, and no more", async () => {
  await withGuarded(async ({ served, headers }) => {
    const delta = (proposer: string, assert: object): string => JSON.stringify({ proposer, assert });
    const statuses = [];
    for (const who of senders) {
      const sent = { ...headers[who], "content-type": JSON_MEDIA };
      const own = await served.call("POST", "/v1/deltas", { headers: sent, body: delta(who, { customer: [[`c-${who}`, 1]] }) });
      const other = await served.call("POST", "/v1/deltas", { headers: sent, body: delta(who, { grant: [[who, "*", "*"]] }) });
      statuses.push([who, own.status, other.status]);
    }
    assert.deepEqual(statuses, [
      ["alice", 200, 403],
      ["ci", 200, 403],
      ["nobody", 403, 403],
      ["none", 401, 401],
      ["wrong", 401, 401],
    ]);
  });
});

test("a change that is not its sender's is found, and requests that once were wrong are right", async () => {
  await withGuarded(async (guarded) => {
    const made = { ...NOTHING, id: "submitDelta", media: JSON_MEDIA, body: '{"proposer":"alice","assert":{"customer":[["c9",1]]}}' };
    assert.equal(await guardedFault(guarded, { who: "alice", made }, await guarded.state()), null);
    const again = { ...made, body: '{"proposer":"alice","assert":{"customer":[["c8",1]]}}' };
    assert.notEqual(await guardedFault(guarded, { who: "alice", made: again }, "another state"), null);
    const before = await guarded.state();
    for (const { name, input } of regressions("api_credentials")) {
      assert.equal(await guardedFault(guarded, JSON.parse(input) as SentBy, before), null, name);
    }
  });
});

test("every answer conforms to the document whoever asks, none is a 500, and nobody changes what is not theirs", async () => {
  const seconds = Number(process.env["FUZZ_SECONDS"] ?? 6);
  assert.ok((await fuzz(seconds, Number(process.env["FUZZ_SEED"] ?? 1))) > 20);
});
