import assert from "node:assert/strict";
import { utimesSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { makeKey, readKeys, writeKeys } from "../../../../api/auth/api_keys.ts";
import { attenuateToken, inspectToken, makeRootKey, mintToken } from "../../../../verify/checks/authorization/tokens.ts";
import { bearer, fileIn, folder, withDoor } from "../../../support/doors.ts";
import { type Answered, orderOf, type Served } from "../../../support/services.ts";

const NOW = "2026-01-01T00:00:00Z";

interface Problem {
  readonly code: string;
  readonly gate: string;
  readonly error: { readonly also?: readonly { readonly detail: string; readonly place: string }[] };
}

function problem(answered: Answered): Problem & { readonly status: number } {
  const body = JSON.parse(answered.text) as Problem & { error: { code: string } };
  return { status: answered.status, code: body.error.code, gate: body.gate, error: body.error };
}

/** Keys of an admin and of alice, in a file. */
function keyFile(): { readonly path: string; readonly admin: string; readonly alice: string } {
  const path = `${folder()}/keys.json`;
  const admin = makeKey("root", ["admin"], NOW, null);
  const alice = makeKey("alice", ["clerks"], NOW, null);
  writeKeys(path, [admin.key, alice.key]);
  return { path, admin: admin.text, alice: alice.text };
}

async function grant({ submit }: Served, admin: string, facts: object): Promise<void> {
  const granted = await submit({ proposer: "root", assert: facts }, "/v1/deltas", bearer(admin));
  assert.equal(granted.json.data["verdict"], "accepted", granted.text);
}

test("without a credential nothing is answered but that the service lives", async () => {
  const keys = keyFile();
  await withDoor({ keys: keys.path }, async ({ call, submit }) => {
    for (const path of ["/v1/facts/order", "/v1/theories", "/openapi.json", "/nowhere", "/v1/events?topic=commits"]) {
      const refused = await call("GET", path);
      assert.deepEqual([path, refused.status, problem(refused).code], [path, 401, "auth.required"]);
      assert.equal(refused.headers.get("www-authenticate"), "Bearer");
      assert.equal(problem(refused).gate, "authorization");
    }
    assert.equal(problem(await submit(orderOf(1))).code, "auth.required");
    assert.equal((await call("GET", "/health/alive")).status, 200);
    assert.equal(problem(await call("GET", "/metrics")).code, "auth.forbidden");
  });
});

test("a key is a principal; what is not granted is refused, fact by fact, by the gate of authorization", async () => {
  const keys = keyFile();
  await withDoor({ keys: keys.path }, async (served) => {
    const { base, call, submit } = served;
    const alice = bearer(keys.alice);
    const refused = await submit({ ...orderOf(1), proposer: "alice" }, "/v1/deltas", alice);
    const { status, code, gate, error } = problem(refused);
    assert.deepEqual({ status, code, gate }, { status: 403, code: "auth.forbidden", gate: "authorization" });
    assert.deepEqual(error.also?.map(({ place }) => place).toSorted(), ["/assert/customer/0", "/assert/order/0"]);
    assert.equal(base.head, 1);

    await grant(served, keys.admin, { grant: [["clerks", "assert", "order"]] });
    const half = problem(await submit({ ...orderOf(1), proposer: "alice" }, "/v1/deltas", alice));
    assert.deepEqual(
      half.error.also?.map(({ place }) => place),
      ["/assert/customer/0"],
    );

    await grant(served, keys.admin, { grant_prefix: [["key:alice", "assert", "customer", "name", "c"]] });
    const accepted = await submit({ ...orderOf(1), proposer: "alice" }, "/v1/deltas", alice);
    assert.equal(accepted.json.data["verdict"], "accepted");
    const other = await submit({ proposer: "alice", assert: { customer: [["d1", 1]] } }, "/v1/deltas", alice);
    assert.equal(problem(other).code, "auth.forbidden");

    assert.equal(problem(await call("GET", "/v1/facts/order", { headers: alice })).code, "auth.forbidden");
    await grant(served, keys.admin, { grant: [["anyone", "read", "order"]] });
    assert.equal((await call("GET", "/v1/facts/order", { headers: alice })).status, 200);
    assert.equal(problem(await call("GET", "/v1/facts/customer", { headers: alice })).code, "auth.forbidden");
  });
});

test("shape goes before authorization, and logic comes after it", async () => {
  const keys = keyFile();
  await withDoor({ keys: keys.path }, async (served) => {
    const strict = { ...bearer(keys.alice), prefer: "strict" };
    const misshapen = await served.submit({ proposer: "alice", assert: { order: [[1]] } }, "/v1/deltas", strict);
    assert.deepEqual([misshapen.status, problem(misshapen).gate], [409, "shape"]);
    const orphan = { proposer: "alice", assert: { order: [[1, "nobody", 1]] } };
    assert.equal(problem(await served.submit(orphan, "/v1/deltas", strict)).gate, "authorization");
    await grant(served, keys.admin, { grant: [["clerks", "*", "order"]] });
    const unlawful = await served.submit(orphan, "/v1/deltas", strict);
    assert.deepEqual([unlawful.status, problem(unlawful).gate], [409, "logic"]);
  });
});

test("nobody proposes under another's name, and a right that is taken back is gone with the next request", async () => {
  const keys = keyFile();
  await withDoor({ keys: keys.path }, async (served) => {
    const rights = { grant: [["clerks", "*", "*"]] };
    await grant(served, keys.admin, rights);
    const alice = bearer(keys.alice);
    assert.equal(problem(await served.submit({ ...orderOf(1), proposer: "root" }, "/v1/deltas", alice)).code, "auth.forbidden");
    assert.equal((await served.submit({ ...orderOf(1), proposer: "key:alice" }, "/v1/deltas", alice)).status, 200);
    const back = await served.submit({ proposer: "root", retract: rights }, "/v1/deltas", bearer(keys.admin));
    assert.equal(back.json.data["verdict"], "accepted");
    assert.equal(problem(await served.submit({ ...orderOf(2), proposer: "alice" }, "/v1/deltas", alice)).code, "auth.forbidden");
  });
});

test("a file of keys that changes counts at once: a key revoked, a key made, a file damaged", async () => {
  const keys = keyFile();
  await withDoor({ keys: keys.path }, async ({ call }) => {
    const ask = (key: string) => call("GET", "/v1/theories", { headers: { "x-api-key": key } });
    assert.equal((await ask(keys.alice)).status, 200);
    const later = makeKey("bob", [], NOW, null);
    const late = makeKey("carl", [], NOW, "2026-01-02T00:00:00Z");
    const revoked = [
      ...readKeys(JSON.stringify({ keys: [] })),
      later.key,
      late.key,
      { ...makeKey("eve", [], NOW, null).key, revoked: NOW },
    ];
    writeKeys(keys.path, revoked);
    assert.equal(problem(await ask(keys.alice)).code, "auth.unknown");
    assert.equal((await ask(later.text)).status, 200);
    assert.equal(problem(await ask(late.text)).code, "auth.unknown");
    assert.equal(problem(await ask(`${later.text.slice(0, -1)}A`)).code, "auth.unknown");
    writeFileSync(keys.path, "{");
    const broken = await ask(later.text);
    assert.deepEqual([broken.status, problem(broken).code], [503, "auth.config"]);
    writeKeys(keys.path, [later.key]);
    utimesSync(keys.path, 1, 1);
    assert.equal((await ask(later.text)).status, 200);
  });
});

test("a capability token bounds what its user may do, and whoever holds it can bound it further, never loosen it", async () => {
  const root = await makeRootKey();
  const keys = keyFile();
  const directory = folder();
  const revoked = fileIn(directory, "revoked", "# none yet\n");
  const tokens = { root: fileIn(directory, "root.pub", `${root.publicKey}\n`), revoked };
  await withDoor({ keys: keys.path, tokens }, async (served) => {
    const { submit, call } = served;
    await grant(served, keys.admin, { grant: [["clerks", "*", "*"]] });
    const minted = await mintToken(root.privateKey, { user: "ci", groups: ["clerks"] });
    const customer = (name: string) => ({ proposer: "ci", assert: { customer: [[name, 1]] } });
    assert.equal((await submit(customer("c1"), "/v1/deltas", bearer(minted))).json.data["verdict"], "accepted");

    const small = await attenuateToken(minted, root.publicKey, {
      relations: ["customer"],
      operations: ["assert", "read"],
      keys: [{ attribute: "name", prefix: "eu-" }],
    });
    assert.equal((await submit(customer("eu-1"), "/v1/deltas", bearer(small))).json.data["verdict"], "accepted");
    const forbidden = problem(await submit(customer("us-1"), "/v1/deltas", bearer(small)));
    assert.deepEqual([forbidden.status, forbidden.code, forbidden.gate], [403, "auth.token_forbids", "authorization"]);
    const mixed = {
      proposer: "ci",
      assert: {
        customer: [
          ["eu-2", 1],
          ["us-2", 1],
        ],
      },
    };
    const refused = JSON.parse((await submit(mixed, "/v1/deltas", bearer(small))).text) as { error: { place: string } };
    assert.equal(refused.error.place, "/assert/customer/1");
    const retracts = { proposer: "ci", retract: { customer: [["eu-1", 1]] } };
    assert.equal(problem(await submit(retracts, "/v1/deltas", bearer(small))).code, "auth.token_forbids");
    assert.equal(problem(await submit(orderOf(3), "/v1/deltas", bearer(small))).code, "auth.token_forbids");

    const greedy = await attenuateToken(small, root.publicKey, {
      checks: ['user("root")', 'group("admin")', 'operation("retract")', "check if true"],
    });
    assert.equal(problem(await submit(retracts, "/v1/deltas", bearer(greedy))).code, "auth.token_forbids");
    const late = await attenuateToken(minted, root.publicKey, { until: "2020-01-01T00:00:00Z" });
    assert.equal(problem(await call("GET", "/v1/facts/order", { headers: bearer(late) })).code, "auth.token_forbids");

    const { blocks } = await inspectToken(small, root.publicKey);
    fileIn(directory, "revoked", `${blocks[1]?.revocation_id}\n`);
    assert.equal(problem(await submit(customer("eu-3"), "/v1/deltas", bearer(small))).code, "auth.unknown");
    assert.equal(problem(await submit(customer("eu-3"), "/v1/deltas", bearer(greedy))).code, "auth.unknown");
    assert.equal((await submit(customer("eu-3"), "/v1/deltas", bearer(minted))).status, 200);

    const foreign = await mintToken((await makeRootKey()).privateKey, { user: "ci", groups: ["admin"] });
    assert.equal(problem(await submit(customer("x"), "/v1/deltas", bearer(foreign))).code, "auth.unknown");
  });
});

test("a token's rate counts its requests, and a group that the root did not name counts for nothing", async () => {
  const root = await makeRootKey();
  const tokens = { root: fileIn(folder(), "root.pub", root.publicKey), revoked: null };
  await withDoor({ tokens }, async ({ call }) => {
    const admin = await mintToken(root.privateKey, { user: "ci", groups: ["admin"], rate: 2 });
    const ask = (token: string) => call("GET", "/v1/facts/order", { headers: bearer(token) });
    assert.deepEqual([(await ask(admin)).status, (await ask(admin)).status], [200, 200]);
    assert.equal(problem(await ask(admin)).code, "auth.token_forbids");
    const child = await attenuateToken(admin, root.publicKey, { relations: ["order"] });
    assert.equal(problem(await ask(child)).code, "auth.token_forbids");
    const plain = await mintToken(root.privateKey, { user: "mallory", groups: [] });
    const made = await attenuateToken(plain, root.publicKey, { checks: ['group("admin")', "check if true"] });
    assert.equal(problem(await ask(made)).code, "auth.forbidden");
  });
});
