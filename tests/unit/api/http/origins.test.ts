import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { makeKey, writeKeys } from "../../../../api/auth/api_keys.ts";
import { folder, withDoor } from "../../../support/doors.ts";
import { withService } from "../../../support/services.ts";

const PAGE = "https://shop.example";
const OTHER = "http://127.0.0.1:3000";
const PREFLIGHT = { "access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type" };

test("a page is let in by its origin, of which there may be several, and answers say so also where they refuse", async () => {
  await withService(
    async ({ call, submit }) => {
      for (const origin of [PAGE, OTHER]) {
        const before = await call("OPTIONS", "/v1/deltas", { headers: { origin, ...PREFLIGHT } });
        assert.deepEqual([before.status, before.headers.get("access-control-allow-origin")], [204, origin]);
        assert.equal(before.headers.get("access-control-allow-headers"), PREFLIGHT["access-control-request-headers"]);
        const sent = await submit({ assert: { customer: [["a", 1]] } }, "/v1/deltas", { origin });
        assert.equal(sent.headers.get("access-control-allow-origin"), origin);
        assert.match(sent.headers.get("access-control-expose-headers") ?? "", /etag/);
        const missing = await call("GET", "/v1/nothing", { headers: { origin } });
        assert.deepEqual([missing.status, missing.headers.get("access-control-allow-origin")], [404, origin]);
      }
      const stranger = await call("OPTIONS", "/v1/deltas", { headers: { origin: "https://evil.example", ...PREFLIGHT } });
      assert.equal(stranger.headers.get("access-control-allow-origin"), null);
    },
    { corsOrigins: [PAGE, OTHER] },
  );
});

test("by default no page of elsewhere may read an answer", async () => {
  await withService(async ({ call }) => {
    const before = await call("OPTIONS", "/v1/deltas", { headers: { origin: PAGE, ...PREFLIGHT } });
    assert.deepEqual([before.status, before.headers.get("access-control-allow-origin")], [405, null]);
    const read = await call("GET", "/v1/laws", { headers: { origin: PAGE } });
    assert.deepEqual([read.status, read.headers.get("access-control-allow-origin")], [200, null]);
  });
});

test("a preflight needs no credential, and a refusal for the lack of one can be read", async () => {
  const path = `${folder()}/keys.json`;
  const key = makeKey("alice", ["admin"], "2026-01-01T00:00:00Z", null);
  writeKeys(path, [key.key]);
  await withDoor(
    { keys: path },
    async ({ call }) => {
      assert.equal((await call("OPTIONS", "/v1/facts/order", { headers: { origin: PAGE, ...PREFLIGHT } })).status, 204);
      const refused = await call("GET", "/v1/facts/order", { headers: { origin: PAGE } });
      assert.deepEqual([refused.status, refused.headers.get("access-control-allow-origin")], [401, PAGE]);
      const read = await call("GET", "/v1/facts/order", { headers: { origin: PAGE, authorization: `Bearer ${key.text}` } });
      assert.deepEqual([read.status, read.headers.get("access-control-allow-origin")], [200, PAGE]);
    },
    { corsOrigins: [PAGE] },
  );
});

test("a WebSocket of a foreign page is told nothing but that it is refused", async () => {
  await withService(
    async ({ url }) => {
      const open = async (origin: string | null): Promise<readonly [number | null, string]> => {
        const socket = new WebSocket(`${url.replace("http", "ws")}/v1/live?topic=commits`, { headers: origin === null ? {} : { origin } });
        const [{ data }] = (await once(socket, "message")) as [MessageEvent];
        const { error } = JSON.parse(String(data)) as { error: { code: string } | null };
        if (error === null) {
          socket.close();
          return [null, "told"];
        }
        const [{ code }] = (await once(socket, "close")) as [CloseEvent];
        return [code, error.code];
      };
      assert.deepEqual(await open("https://evil.example"), [4400, "http.origin"]);
      assert.deepEqual(await open("null"), [4400, "http.origin"]);
      for (const origin of [null, url, PAGE, "https://facts.example"]) assert.deepEqual(await open(origin), [null, "told"], String(origin));
    },
    { corsOrigins: [PAGE], publicUrl: "https://facts.example/assay" },
  );
});
