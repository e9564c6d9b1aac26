import assert from "node:assert/strict";
import { test } from "node:test";
import { readScenario } from "../../../logic/scenario.ts";
import { runScenarios } from "../../../verify/run_scenarios.ts";
import { SHOP, steppingClock, theoryFrom } from "../../support/fact_bases.ts";

const scenario = (text: string) => readScenario(text, "s.toml");
const run = (texts: readonly string[]) => runScenarios(theoryFrom(SHOP), texts.map(scenario), { clock: steppingClock() });

const lawful = `
name = "an order of a customer"
then = "accepted"
[given]
customer = [["ann", 1]]
[when.assert]
order = [[1, "ann", 2.5]]
`;
const orphan = `
name = "an order of nobody"
then = "refused"
laws = [{ law = "shop.customer", witness = { id = 1, customer = "zed" } }]
[when.assert]
order = [[1, "zed", 2.5]]
`;
const others = `
name = "the other laws"
then = "refused"
laws = [{ law = "shop.credit" }, { law = "key.customer", witness = { name = "ann" } }, { law = "shop.large" }]
[when.assert]
customer = [["ann", -1], ["ann", 1]]
order = [[1, "ann", 5000]]
`;

test("scenarios that come out as told, and a law that fires in each", async () => {
  const report = await run([lawful, orphan, others]);
  assert.deepEqual(
    report.outcomes.map(({ ok, differences }) => [ok, differences]),
    [
      [true, []],
      [true, []],
      [true, []],
    ],
  );
  assert.deepEqual([report.neverFired, report.ok], [[], true]);
});

test("laws that never fire are named and fail the theory", async () => {
  const report = await run([lawful, orphan]);
  assert.deepEqual(report.neverFired.toSorted(), ["key.customer", "shop.credit", "shop.large"]);
  assert.equal(report.ok, false);
  assert.equal((await run([])).ok, false);
});

test("every way to differ is told", async () => {
  const bad = [
    orphan.replace("id = 1", "id = 2"),
    orphan.replace("shop.customer", "shop.credit"),
    orphan.replace('"refused"', '"accepted"'),
    lawful.replace('"accepted"', '"refused"\nlaws = [{ law = "shop.credit" }]'),
    `${lawful.replace('["ann", 1]', '["ann", -1]')}`,
    others.replace(', { law = "shop.large" }', ""),
    others.replace('{ law = "shop.large" }', '{ law = "shop.large" }, { law = "shop.large" }'),
  ];
  const report = await run(bad);
  assert.deepEqual(
    report.outcomes.map(({ ok, differences }) => [ok, differences.length > 0]),
    bad.map(() => [false, true]),
  );
});
