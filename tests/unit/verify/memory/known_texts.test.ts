import assert from "node:assert/strict";
import { test } from "node:test";
import { sha256 } from "../../../../schema/canonical.ts";
import { KnownTexts } from "../../../../verify/memory/known_texts.ts";
import { openMemory } from "../../../../verify/store/duckdb_session.ts";

test("ids that are kept are never taken for new, before and after all of them were read", async () => {
  const session = await openMemory();
  await session.run("CREATE SCHEMA assay");
  await session.run("CREATE TABLE assay.delta AS SELECT 'sha256:' || sha256(i::VARCHAR) AS id FROM range(12000) AS r(i)");
  const ids = (await session.rows("SELECT id FROM assay.delta")).map(([id]) => String(id));
  const fresh = (await session.rows("SELECT 'sha256:' || sha256('n' || i::VARCHAR) FROM range(3000) AS r(i)")).map(([id]) => String(id));
  const known = new KnownTexts({ table: "assay.delta", digits: "substr(id, 8, 13)", digest: (id) => id });
  assert.deepEqual(await known.mayBeKept(session, fresh.slice(0, 100)), fresh.slice(0, 100));
  assert.deepEqual(await known.mayBeKept(session, [...fresh, ...ids]), ids);
  known.add(fresh);
  assert.deepEqual(await known.mayBeKept(session, fresh), fresh);
  session.close();
});

test("keys of any text have one digest in memory and in the database", async () => {
  const keys = ["", " ", "a", "é", "e\u0301", "\u{1d11e}", "'", "a/b", "x".repeat(10_000), "\n", "\ud800".toWellFormed()];
  const session = await openMemory();
  await session.run("CREATE SCHEMA assay");
  await session.run("CREATE TABLE assay.idempotency (key VARCHAR, delta VARCHAR)");
  for (const key of keys) await session.run("INSERT INTO assay.idempotency VALUES (?, '')", [key]);
  const known = new KnownTexts({ table: "assay.idempotency", digits: "substr(sha256(key), 1, 13)", digest: sha256 });
  assert.deepEqual(await known.mayBeKept(session, ["other", ...keys, "é "]), keys);
  session.close();
});
