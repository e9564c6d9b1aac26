import assert from "node:assert/strict";
import { test } from "node:test";
import { makeKey, writeKeys } from "../../../../api/auth/api_keys.ts";
import { systemClock } from "../../../../schema/clock.ts";
import { attenuateToken, makeRootKey, mintToken } from "../../../../verify/checks/authorization/tokens.ts";
import { bearer, fileIn, folder, withDoor } from "../../../support/doors.ts";
import { type LiveClient, sseClient, wsClient } from "../../../support/live_clients.ts";

const NOW = "2026-01-01T00:00:00Z";
const OFTEN = { limits: { live_recheck_ms: 40 } };

async function gone(client: LiveClient): Promise<void> {
  await client.until(() => client.closed !== null);
}

test("a channel is closed when the key that opened it is taken away, by SSE and WebSocket, and others stay", async () => {
  const path = `${folder()}/keys.json`;
  const [admin, alice, bob] = ["root", "alice", "bob"].map((name) => makeKey(name, ["admin"], NOW, null));
  writeKeys(
    path,
    [admin, alice, bob].flatMap((one) => (one === undefined ? [] : [one.key])),
  );
  await withDoor(
    { keys: path },
    async ({ url, submit }) => {
      const topic = "topic=relation&relation=customer";
      const [sse, ws, other] = await Promise.all([
        sseClient(url, topic, undefined, bearer(alice?.text ?? "")),
        wsClient(url, topic, { "x-api-key": alice?.text ?? "" }),
        wsClient(url, topic, bearer(bob?.text ?? "")),
      ]);
      for (const client of [sse, ws, other]) await client.until((events) => events.length > 0);
      writeKeys(
        path,
        [admin, bob].flatMap((one) => (one === undefined ? [] : [one.key])),
      );
      await gone(sse);
      await gone(ws);
      assert.deepEqual(
        [sse, ws].map(({ events }) => [events.at(-1)?.event, events.at(-1)?.code]),
        [
          ["unauthorized", "auth.unknown"],
          ["unauthorized", "auth.unknown"],
        ],
      );
      assert.deepEqual([sse.closed, ws.closed, other.closed], ["end", "4401 unauthorized", null]);
      await submit({ proposer: "root", assert: { customer: [["a", 1]] } }, "/v1/deltas", bearer(admin?.text ?? ""));
      await other.until((events) => events.at(-1)?.event === "change");
      assert.ok(ws.events.every(({ event }) => event !== "change"));
      await other.close();
    },
    OFTEN,
  );
});

test("a channel is closed when its token runs out or its right is taken back; asking again counts against no rate", async () => {
  const root = await makeRootKey();
  const tokens = { root: fileIn(folder(), "root.pub", root.publicKey), revoked: null };
  await withDoor(
    { tokens },
    async ({ url, submit }) => {
      const admin = await mintToken(root.privateKey, { user: "root", groups: ["admin"] });
      const grant = { grant: [["clerks", "watch", "customer"]] };
      await submit({ proposer: "root", assert: grant }, "/v1/deltas", bearer(admin));
      const clerk = await mintToken(root.privateKey, { user: "clerk", groups: ["clerks"], rate: 2 });
      const brief = await attenuateToken(await mintToken(root.privateKey, { user: "b", groups: ["clerks"] }), root.publicKey, {
        until: new Date(Date.parse(systemClock.now()) + 900).toISOString(),
      });
      const topic = "topic=relation&relation=customer";
      const late = await sseClient(url, topic, undefined, bearer(brief));
      const rated = await wsClient(url, topic, bearer(clerk));
      await gone(late);
      assert.deepEqual([late.events.at(-1)?.event, late.events.at(-1)?.code], ["unauthorized", "auth.token_forbids"]);
      assert.equal(rated.closed, null, "some twenty rounds have not used its rate up");
      await submit({ proposer: "root", retract: grant }, "/v1/deltas", bearer(admin));
      await gone(rated);
      assert.deepEqual([rated.events.at(-1)?.code, rated.closed], ["auth.forbidden", "4401 unauthorized"]);
      assert.equal((await fetch(`${url}/v1/events?${topic}`, { headers: bearer(clerk) })).status, 403);
    },
    OFTEN,
  );
});
