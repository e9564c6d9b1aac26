import assert from "node:assert/strict";
import { test } from "node:test";
import { makeKey, writeKeys } from "../../../../api/auth/api_keys.ts";
import { attenuateToken, makeRootKey, mintToken } from "../../../../verify/checks/authorization/tokens.ts";
import { bearer, fileIn, folder, withDoor } from "../../../support/doors.ts";

test("an import is asked about by who sent it and by who may read its relation, and by nobody else", async () => {
  const directory = folder();
  const keys = `${directory}/keys.json`;
  const made = ["root", "alice", "bob", "carol"].map((name) =>
    makeKey(name, name === "root" ? ["admin"] : [], "2026-01-01T00:00:00Z", null),
  );
  writeKeys(
    keys,
    made.map(({ key }) => key),
  );
  const [admin = "", alice = "", bob = "", carol = ""] = made.map(({ text }) => text);
  const root = await makeRootKey();
  const tokens = { root: fileIn(directory, "root.pub", root.publicKey), revoked: null };
  await withDoor({ keys, tokens }, async ({ call, submit }) => {
    const grant = [
      ["key:alice", "assert", "customer"],
      ["key:carol", "read", "customer"],
      ["clerks", "*", "*"],
    ];
    await submit({ proposer: "root", assert: { grant } }, "/v1/deltas", bearer(admin));
    const send = async (credential: string, proposer: string, name: string): Promise<string> => {
      const headers = { ...bearer(credential), "content-type": "text/csv" };
      const path = `/v1/imports?relation=customer&onViolation=quarantine&proposer=${proposer}`;
      const sent = await call("POST", path, { headers, body: `name,credit\n${name},1\nbad,x\n` });
      assert.equal(sent.status, 200, sent.text);
      return sent.headers.get("location")?.replace("/v1/jobs/", "") ?? "";
    };
    const statuses = async (job: string, credential: string): Promise<number[]> => {
      const paths = [`/v1/jobs/${job}`, `/v1/jobs/${job}/events`, `/v1/imports/${job}/quarantine`];
      const answers = await Promise.all(paths.map((path) => call("GET", path, { headers: bearer(credential) })));
      return answers.map(({ status }) => status);
    };
    const job = await send(alice, "alice", "a");
    assert.deepEqual(await statuses(job, alice), [200, 200, 200]);
    assert.deepEqual(await statuses(job, bob), [403, 403, 403]);
    assert.deepEqual(await statuses(job, carol), [200, 403, 200]);
    assert.deepEqual(await statuses(job, admin), [200, 200, 200]);

    const token = await mintToken(root.privateKey, { user: "ci", groups: ["clerks"] });
    const other = await attenuateToken(token, root.publicKey, { relations: ["order"] });
    const own = await send(token, "ci", "b");
    assert.deepEqual(await statuses(own, token), [200, 200, 200]);
    assert.deepEqual(await statuses(own, other), [403, 403, 403]);
  });
});
