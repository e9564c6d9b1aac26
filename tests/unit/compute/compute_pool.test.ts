import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Float64, Utf8, vectorFromArray } from "apache-arrow";
import { ComputePool } from "../../../compute/compute_pool.ts";
import { entityIds } from "../../../compute/identity/entity_ids.ts";
import { AssayError } from "../../../schema/assay_error.ts";

const kind = { service: "https://shop.example", kind: "customer" };
const ROWS = 150_001;
const values = vectorFromArray(
  Array.from({ length: ROWS }, (_, row) => (row % 70_000 === 5 ? null : `é${row}`)),
  new Utf8(),
);
const pools = [1, 2].map((threads) => new ComputePool({ threads }));

after(() => Promise.all(pools.map((pool) => pool.close())));

test("the same bytes whatever the number of threads", async () => {
  const alone = entityIds(kind, [{ name: "k", values }]);
  assert.deepEqual(alone.missing, [5, 70_005, 140_005]);
  for (const pool of pools) {
    const { ids, missing } = await pool.entityIds(kind, [{ name: "k", values }]);
    assert.equal(Buffer.compare(ids, alone.ids), 0);
    assert.deepEqual(missing, alone.missing);
  }
});

test("an error of a worker has its code and place here", async () => {
  const floats = vectorFromArray([1.5, 2.5], new Float64());
  const run = pools[0]?.entityIds(kind, [{ name: "f", values: floats }]) ?? Promise.resolve();
  await assert.rejects(run, (error) => error instanceof AssayError && error.code === "identity.key_type" && error.place === "f");
});

test("cancelled work ends with the signal's reason, and the pool goes on", async () => {
  const [pool] = pools;
  const reason = new Error("enough");
  const control = new AbortController();
  const run = pool?.entityIds(kind, [{ name: "k", values }], { signal: control.signal });
  control.abort(reason);
  await assert.rejects(run ?? Promise.resolve(), (error) => error === reason);
  assert.equal((await pool?.entityIds(kind, [{ name: "k", values }]))?.missing.length, 3);
});

test("no rows are no work", async () => {
  const none = vectorFromArray([], new Utf8());
  assert.deepEqual(await pools[0]?.entityIds(kind, [{ name: "k", values: none }]), { ids: new Uint8Array(0), missing: [] });
});
