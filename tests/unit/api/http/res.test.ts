import assert from "node:assert/strict";
import { test } from "node:test";
import { findTheory } from "../../../../logic/theory.ts";
import { goldenGiven } from "../../../support/machine_facts.ts";
import { type Served, withService } from "../../../support/services.ts";

async function read({ call }: Served, expression: object): Promise<{ data: Record<string, unknown> | null; code: string | null }> {
  const { json } = await call("POST", "/v1/res", { headers: { "content-type": "application/json" }, body: JSON.stringify(expression) });
  return { data: json.data, code: json.error?.code ?? null };
}

test("a relation expression has its normal form without any fact", async () => {
  await withService(async (served) => {
    const term = "(sat (trans (and p (sat (trans q)))))";
    const { data } = await read(served, { term });
    assert.deepEqual(data, { term, normal: "(and (trans (sat p)) (trans (sat q)))", at: null, element: null, stable: null });
    assert.equal((await read(served, { term: "(and m" })).code, "res.syntax");
    assert.equal((await read(served, { term: "m", at: "e" })).code, "res.fiber");
  });
});

test("a relation expression is read in a fiber of the machine", async () => {
  const machine = await findTheory("machine");
  await withService(
    async (served) => {
      const assertion = Object.fromEntries(goldenGiven().rows);
      const text = JSON.stringify({ proposer: "t", reason: "t", assert: assertion }, (_, value) =>
        typeof value === "bigint" ? Number(value) : value,
      );
      assert.equal((await served.submit(JSON.parse(text))).json.data["verdict"], "accepted");
      const { data } = await read(served, { term: "(sat (and mm true))", at: "(a b)" });
      assert.deepEqual(data, { term: "(sat (and mm true))", normal: "(sat mm)", at: "(a b)", element: "1m", stable: false });
      const bound = await read(served, { term: "(stable p)", at: "(a b)", let: { p: "1m" } });
      assert.deepEqual([bound.data?.["element"], bound.data?.["stable"]], ["11", true]);
      assert.equal((await read(served, { term: "p", at: "(a)", let: { p: "9" } })).code, "res.unbound");
    },
    { theories: [machine] },
  );
});
