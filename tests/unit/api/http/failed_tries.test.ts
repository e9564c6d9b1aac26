import assert from "node:assert/strict";
import { test } from "node:test";
import { makeKey, writeKeys } from "../../../../api/auth/api_keys.ts";
import { FailedTries, networkOf } from "../../../../api/http/failed_tries.ts";
import { AssayError } from "../../../../schema/assay_error.ts";
import { bearer, folder, withDoor } from "../../../support/doors.ts";

test("an address that fails too often is turned away with a time to wait, and who was known before is heard", async () => {
  const path = `${folder()}/keys.json`;
  const [known, other] = ["known", "other"].map((name) => makeKey(name, ["admin"], "2026-01-01T00:00:00Z", null));
  writeKeys(
    path,
    [known, other].flatMap((one) => (one === undefined ? [] : [one.key])),
  );
  await withDoor(
    { keys: path },
    async ({ call }) => {
      const ask = (credential: string | null) => call("GET", "/v1/laws", { headers: credential === null ? {} : bearer(credential) });
      assert.equal((await ask(known?.text ?? "")).status, 200);
      const statuses = [];
      for (const credential of ["assay_wrong", null, "eyJ.a.b", "assay_wrong", null]) statuses.push((await ask(credential)).status);
      assert.deepEqual(statuses, [401, 401, 401, 429, 429]);
      const refused = await ask(other?.text ?? "");
      assert.deepEqual([refused.status, refused.json.error?.code], [429, "auth.rate"]);
      const wait = Number(refused.headers.get("retry-after"));
      assert.ok(wait > 50 && wait <= 60, `${wait} s`);
      assert.equal((await ask(known?.text ?? "")).status, 200);
      assert.equal((await call("GET", "/health/alive")).status, 200);
      const metrics = (await call("GET", "/metrics", { headers: bearer(known?.text ?? "") })).text;
      assert.match(metrics, /^assay_auth_failures_total 3$/m);
      writeKeys(
        path,
        [other].flatMap((one) => (one === undefined ? [] : [one.key])),
      );
      assert.equal((await ask(known?.text ?? "")).status, 401, "a key that was good is checked like any other");
    },
    { limits: { auth_failures_a_minute: 3 } },
  );
});

test("after a minute an address is heard again, and others are all the while", () => {
  let micros = 0;
  const tries = new FailedTries({ now: () => "", micros: () => micros }, () => 2);
  const isHeard = (address: string): boolean => {
    try {
      tries.admit(address, {});
      return true;
    } catch (cause) {
      assert.ok(cause instanceof AssayError && cause.code === "auth.rate");
      return false;
    }
  };
  for (const address of ["2001:db8:1:2::1", "2001:db8:1:2:ffff::7"]) tries.noteFailure(address);
  assert.deepEqual([isHeard("2001:db8:1:2::9"), isHeard("2001:db8:1:3::9"), isHeard("10.0.0.1")], [false, true, true]);
  micros = 59_000_000;
  assert.equal(isHeard("2001:db8:1:2::9"), false);
  micros = 60_000_001;
  assert.equal(isHeard("2001:db8:1:2::9"), true);
  tries.noteFailure("2001:db8:1:2::9");
  assert.equal(isHeard("2001:db8:1:2::9"), true, "a new minute begins at nothing");
});

test("the network of an address is itself in IPv4 and its first 64 bits in IPv6", () => {
  const cases = [
    ["127.0.0.1", "127.0.0.1"],
    ["::ffff:127.0.0.1", "127.0.0.1"],
    ["::1", "0:0:0:0"],
    ["fe80::1%eth0", "fe80:0:0:0"],
    ["2001:0db8:0001:0002:0003:0004:0005:0006", "2001:db8:1:2"],
    ["2001:db8::5:6", "2001:db8:0:0"],
    ["2001:db8:1:2:3:4:5::", "2001:db8:1:2"],
  ] as const;
  for (const [address, network] of cases) assert.equal(networkOf(address), network, address);
});
