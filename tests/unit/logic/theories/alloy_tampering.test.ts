import assert from "node:assert/strict";
import { test } from "node:test";
import { AlloyJudge, type Arrival, lawsOf } from "../../../support/alloy_judge.ts";
import { tamperings } from "../../../support/alloy_tampering.ts";
import { forgedAlloy, parentAlloy, policyOf } from "../../../support/forged_alloy.ts";

const judge = await AlloyJudge.open("signed");
const policy = await policyOf();
const parent: Arrival = { documents: [{ name: "parent.alloy.json", text: parentAlloy().text }], options: { policy } };

test("the document that is tampered with keeps every law", async () => {
  const verdict = await judge.verdict(parent, { documents: [{ name: "a.alloy.json", text: forgedAlloy() }], options: { policy } });
  assert.equal(verdict.verdict, "accepted");
  assert.deepEqual(lawsOf(verdict, "warn"), ["alloy.unmeasured"]);
});

test("there are as many tamperings as were promised, of many laws", () => {
  assert.ok(tamperings.length >= 40, `${tamperings.length}`);
  assert.ok(new Set(tamperings.flatMap(({ laws }) => laws)).size >= 60);
});

for (const { name, laws, text, policy: more, inForce, ...changes } of tamperings) {
  test(`refuses ${name}`, async () => {
    const forged = forgedAlloy(changes);
    const documents = [{ name: "a.alloy.json", text: text === undefined ? forged : text(forged) }];
    const isOfPolicy = more !== undefined || inForce !== undefined;
    if (!isOfPolicy) assert.notEqual(documents[0]?.text, forgedAlloy());
    // another policy stands for all documents, so that these then come together
    const arrivals = isOfPolicy
      ? [{ documents: [...parent.documents, ...documents], options: { policy: await policyOf(more, inForce) } }]
      : [parent, { documents, options: { policy } }];
    const verdict = await judge.verdict(...arrivals);
    assert.deepEqual([verdict.verdict, lawsOf(verdict)], ["refused", laws]);
  });
}

test("the engines agree on all of them at once", async () => {
  const documents = tamperings.map(({ text = (same) => same, ...changes }, index) => ({
    name: `${index}.alloy.json`,
    text: text(forgedAlloy(changes)),
  }));
  const counts = async (engine: "duckdb" | "incremental") => {
    const { laws } = await (await AlloyJudge.open("signed", [engine])).verdict({ documents, options: { policy } });
    return laws.flatMap(({ law, violations }) => (violations === 0 ? [] : [`${law} ${violations}`])).toSorted();
  };
  const found = await counts("incremental");
  assert.ok(found.length > 50, found.join(", "));
  assert.deepEqual(await counts("duckdb"), found);
});
