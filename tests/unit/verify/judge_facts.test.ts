import assert from "node:assert/strict";
import { test } from "node:test";
import { compileTheories } from "../../../logic/theory.ts";
import { type Limits, limitsWith } from "../../../schema/limits.ts";
import type { Verdict } from "../../../schema/verdict.ts";
import { type FactSource, judgeFacts } from "../../../verify/judge_facts.ts";
import { openMemory } from "../../../verify/store/duckdb_session.ts";
import { SHOP, steppingClock, theoryFrom } from "../../support/fact_bases.ts";

const source = (expression: string, rows: number, distinct = true): FactSource => ({
  expression,
  rows,
  distinct,
  places: async (asked) => asked.map((row) => `file.csv:${String(row[0])}`),
});

async function judge(sources: Record<string, FactSource>, program = SHOP, limits: Partial<Limits> = {}): Promise<Verdict> {
  const session = await openMemory();
  try {
    const compiled = compileTheories([theoryFrom(program)]);
    assert.ok(compiled.program !== null);
    return await judgeFacts({
      session,
      clock: steppingClock(),
      limits: limitsWith(limits),
      theories: compiled.theories,
      program: compiled.program,
      sources: new Map(Object.entries(sources)),
    });
  } finally {
    session.close();
  }
}

const ann = source("(SELECT 'ann' AS name, 1::BIGINT AS credit, 1::BIGINT AS _record)", 1);
const orders = source("(SELECT range AS id, 'zed' AS customer, 1.0::DOUBLE AS amount FROM range(5))", 5);

test("facts that keep every law are accepted, without delta or commit", async () => {
  const verdict = await judge({ customer: ann });
  assert.deepEqual([verdict.verdict, verdict.delta, verdict.commit, verdict.base], ["accepted", null, null, 0]);
  assert.deepEqual(verdict.checked, { laws: 4, facts: 1, delta_facts: 0 });
});

test("violations name their facts and places, page by page", async () => {
  const verdict = await judge({ customer: ann, order: orders }, SHOP, { violations_page: 2 });
  assert.deepEqual([verdict.verdict, verdict.total, verdict.violations.length, verdict.cursor], ["refused", 5, 2, "after:2"]);
  assert.deepEqual(verdict.violations[0]?.facts, [{ relation: "order", row: [0n, "zed", 1], from: "delta", place: "file.csv:0" }]);
  assert.equal(verdict.violations[0]?.place, "file.csv:0");
});

test("keys are judged over sources with duplicate rows as over sets", async () => {
  const twice = source("(SELECT 'ann' AS name, 1::BIGINT AS credit FROM range(2))", 2, false);
  assert.equal((await judge({ customer: twice })).verdict, "accepted");
  const split = source("(SELECT 'ann' AS name, range AS credit FROM range(2))", 2, false);
  const verdict = await judge({ customer: split });
  assert.deepEqual(
    verdict.violations.map(({ law, witness, facts }) => [law, witness, facts.length]),
    [["key.customer", { name: "ann" }, 2]],
  );
});

test("no facts and no laws are undecided", async () => {
  assert.equal((await judge({})).undecided?.code, "nothing_checked.facts");
  assert.equal(
    (await judge({ customer: source("(SELECT 'x' AS name, 1::BIGINT AS credit WHERE false)", 0) })).undecided?.code,
    "nothing_checked.facts",
  );
  const bare = await judge({ p: source("(SELECT 1::BIGINT AS x)", 1) }, ".decl p(x:number)\n.input p\n");
  assert.deepEqual([bare.verdict, bare.undecided?.code], ["undecided", "nothing_checked.laws"]);
});
