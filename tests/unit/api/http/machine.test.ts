import assert from "node:assert/strict";
import { test } from "node:test";
import { findTheory } from "../../../../logic/theory.ts";
import { goldenGiven, type MachineFacts, square } from "../../../support/machine_facts.ts";
import { type Answered, type Served, withService } from "../../../support/services.ts";

function ask({ call }: Served, path: string, body: object): Promise<Answered> {
  return call("POST", path, { headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

async function code(served: Served, path: string, body: object): Promise<string | undefined> {
  return (await ask(served, path, body)).json.error?.code;
}

/** A service with a machine of these facts. */
async function withMachine(facts: MachineFacts, run: (served: Served) => Promise<void>): Promise<void> {
  const theories = [await findTheory("machine")];
  await withService(
    async (served) => {
      const given = JSON.stringify({ assert: Object.fromEntries(facts.rows) }, (_, value: unknown) =>
        typeof value === "bigint" ? Number(value) : value,
      );
      assert.equal((await served.submit(JSON.parse(given))).json.data["verdict"], "accepted");
      await run(served);
    },
    { theories },
  );
}

test("words of steps come to their Foata forms, are compared and counted, within bounds", async () => {
  await withService(async (served) => {
    const steps = { steps: ["a", "b", "c", "d"], independent: [["a", "d"]] };
    const { json } = await ask(served, "/v1/trace", { ...steps, words: ["d a b", "(a d)"], count: 2 });
    const data = json.data as unknown as { traces: { history: string; words: string }[]; compared: object; counts: object };
    assert.deepEqual(
      data.traces.map(({ history, words }) => [history, words]),
      [
        ["(a d)(b)", "2"],
        ["(a d)", "2"],
      ],
    );
    assert.deepEqual(data.compared, { is_same: false, is_prefix: false, meet: "(a d)", join: "(a d)(b)", residual: null });
    assert.deepEqual(data.counts, { clique_polynomial: ["1", "-4", "1"], histories: ["1", "4", "15"] });
    const many = Array.from({ length: 30 }, (_, at) => `s${at}`);
    const free = many.flatMap((one, at) => many.slice(at + 1).map((other) => [one, other]));
    assert.equal(await code(served, "/v1/trace", { steps: many, independent: free, count: 1 }), "limit.step_histories");
    assert.equal(await code(served, "/v1/trace", { steps: many, independent: free, words: [many.join(" ")] }), "limit.step_histories");
    assert.equal(await code(served, "/v1/trace", { ...steps, words: ["a x"] }), "machine.unknown_step");
    assert.equal(await code(served, "/v1/trace", { ...steps, words: ["(a"] }), "machine.history");
    assert.equal(await code(served, "/v1/trace", { words: ["a"] }), "machine.no_machine");
    assert.equal(await code(served, "/v1/trace", steps), "http.malformed");
    for (const path of ["/v1/settle", "/v1/glue"]) assert.equal(await code(served, path, {}), "machine.no_machine");
  });
});

test("what is settled comes page by page, is compared with an earlier commit, and is proposed as a delta", async () => {
  await withMachine(goldenGiven(), async (served) => {
    const rows: unknown[][] = [];
    let cursor: string | null = null;
    do {
      const page: Answered = await ask(served, "/v1/settle", { at: ["(a b)"], limit: 4, ...(cursor === null ? {} : { cursor }) });
      const { elements } = page.json.data as unknown as { elements: Record<string, unknown>[] };
      rows.push(...elements.map((one) => [one["element"], one["class"], one["settled"], one["gap"]]));
      cursor = page.json.cursor;
      if (cursor !== null) assert.equal(await code(served, "/v1/settle", { cursor }), "query.cursor");
    } while (cursor !== null);
    assert.deepEqual(rows.toSorted(), [
      ["00", "fixed", "00", 0],
      ["11", "fixed", "11", 0],
      ["1m", "saturated", "11", 1],
      ["m1", "transferred", "11", 1],
      ["mm", "free", "11", 3],
    ]);
    const proposal = { propose: "hstar", proposer: "lea" };
    const proposed = (await ask(served, "/v1/settle", proposal)).json.data as unknown as { verdict: { verdict: string; commit: number } };
    assert.deepEqual([proposed.verdict.verdict, proposed.verdict.commit, served.base.head], ["accepted", 3, 3]);
    assert.equal((await ask(served, "/v1/settle", proposal)).json.data["verdict"], null);
    assert.deepEqual((await ask(served, "/v1/settle", { since: 2 })).json.data, { as_of: 3, changes: [] });
    const before = (await ask(served, "/v1/settle", { since: 1 })).json.data as unknown as { changes: { change: string }[] };
    assert.ok(before.changes.length > 0 && before.changes.every(({ change }) => change === "settled"));
    for (const wrong of [{ propose: "hstar" }, { proposer: "x" }, { since: 1, ...proposal }, { since: 1, limit: 3 }]) {
      assert.equal(await code(served, "/v1/settle", wrong), "http.malformed");
    }
    assert.equal(await code(served, "/v1/settle", { as_of: 99 }), "query.commit");
  });
});

test("local data is glued, the sections of an accord listed, two of them put together", async () => {
  const facts = square().add("section", ["f", "e", "*"]);
  for (const t of ["(a)", "(b)"]) {
    facts.add("section", ["f", t, "0"], ["f", t, "1"]).add("res", ["f", t, "e", "0", "*"], ["f", t, "e", "1", "*"]);
  }
  for (const both of ["00", "01", "10", "11"]) {
    const [x = "", y = ""] = both;
    facts.add("section", ["f", "(a b)", both]).add("res", ["f", "(a b)", "(a)", both, x], ["f", "(a b)", "(b)", both, y]);
  }
  await withMachine(facts, async (served) => {
    const glued = (await ask(served, "/v1/glue", {})).json.data as unknown as Record<string, unknown>;
    assert.deepEqual([glued["families"], glued["missing"], glued["double"], glued["rows"]], [4, 0, 0, { missing: [], double: [] }]);
    const global = (await ask(served, "/v1/glue", { accord: "f", global: true, rows: 1 })).json.data as unknown as Record<string, unknown>;
    assert.deepEqual([global["histories"], global["sections"], (global["rows"] as unknown[]).length], [["(a b)"], 4, 1]);
    const act = async (y: string): Promise<unknown> => {
      const sides = [
        { history: "(a)", section: "0" },
        { history: "(b)", section: y },
      ];
      return (await ask(served, "/v1/glue", { accord: "f", act: sides })).json.data["act"];
    };
    assert.deepEqual(await act("1"), { u: "(a b)", section: "01" });
    assert.equal(await act("2"), null);
    assert.equal(await code(served, "/v1/glue", { global: true }), "http.malformed");
  });
});
