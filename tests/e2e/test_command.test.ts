import assert from "node:assert/strict";
import { test } from "node:test";
import { assay, assayJson, folder } from "./assay.ts";
import { write, writeShop } from "./shop.ts";

const REFUSED = `name = "an order of nobody"
then = "refused"
laws = [{ law = "shop.customer", witness = { id = "o1", customer = "c9" } }]
[given]
customer = [["c1", "DE"]]
[when.assert]
order = [["o1", "c9", 5]]
`;

interface Report {
  readonly theories: { ok: boolean; scenarios: { name: string; ok: boolean }[]; never_fired: string[] }[];
}

test("scenarios are run, and laws that never fire are listed", async (context) => {
  const cwd = folder(context);
  writeShop(cwd, { "shop/scenarios/orphan.toml": REFUSED });
  const { code, envelope } = await assayJson<Report>(["test", "--theory", "shop"], { cwd });
  assert.equal(code, 0);
  const [theory] = envelope.data?.theories ?? [];
  assert.deepEqual(
    theory?.scenarios.map(({ ok }) => ok),
    [true],
  );
  assert.deepEqual(theory?.never_fired.toSorted(), ["key.customer", "key.order", "shop.large"]);
  assert.ok((await assay(["test", "--theory", "shop"], { cwd })).stdout.includes("shop.large"));
});

test("a scenario that comes out otherwise fails", async (context) => {
  const cwd = folder(context);
  writeShop(cwd, { "shop/scenarios/orphan.toml": REFUSED.replace('customer = "c9" }', 'customer = "c8" }') });
  const { code, envelope } = await assayJson<Report>(["test", "--theory", "shop"], { cwd });
  assert.equal(code, 1);
  assert.equal(envelope.data?.theories[0]?.ok, false);
});

test("no scenarios are no success", async (context) => {
  const cwd = folder(context);
  writeShop(cwd);
  assert.equal((await assay(["test", "--theory", "shop"], { cwd })).code, 2);
  write(cwd, { "shop/scenarios/bad.toml": "name = 5\n" });
  assert.deepEqual((await assayJson(["test", "--theory", "shop"], { cwd })).envelope.error?.code, "scenario.malformed");
});
