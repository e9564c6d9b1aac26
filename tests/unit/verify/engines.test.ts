import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { verdictHash } from "../../../schema/verdict_wire.ts";
import { agree, binding, disagreement, opinionOf } from "../../../verify/agreement.ts";
import { openMemory } from "../../../verify/store/duckdb_session.ts";
import { proposal, SHOP, theoryFrom, withBase } from "../../support/fact_bases.ts";

const customer = (name: string, credit = 1n) => proposal({ assert: { customer: [[name, credit]] }, reason: `${name} ${credit}` });

test("both engines say the same, and the verdict's hash does not tell which judged", async () => {
  const many = Array.from({ length: 30 }, (_, index) => ["dup", BigInt(index)] as const);
  const deltas = [
    customer("ann"),
    proposal({ assert: { order: [[1n, "ann", 5000n]], customer: [["bob", -2n]] } }),
    proposal({ assert: { customer: [["ann", 3n]], order: [[1n, "zed", 5000n]] } }),
    proposal({ assert: { customer: [...many, ["ann", -9n], ["\u{1f600}", 1n], ["\u{1f600}", 2n], ["\uffff", 1n], ["\uffff", 2n]] } }),
    proposal({ retract: { customer: [["ann", 1n]] }, assert: { customer: [["ann", 2n]] } }),
    proposal({ assert: { nosuch: [[1n]], customer: [["ann", 7n]] } }),
    proposal({
      assert: { customer: [["cid", 1n]] },
      retract: {
        customer: [
          ["cid", 1n],
          ["ann", 2n],
        ],
        order: [[9n, "x", 1n]],
      },
    }),
    proposal({ assert: { order: [[3n, "ann", 5000n]] } }),
    proposal({}),
  ];
  const judged: string[][] = [];
  for (const engines of [["duckdb"], ["incremental"], ["duckdb", "incremental"]] as const) {
    await withBase(
      [theoryFrom(SHOP)],
      async (base) => {
        const verdicts = await Promise.all(deltas.map((delta) => base.propose(delta)));
        for (const { engine } of verdicts) assert.equal(engine, engines.join(","));
        judged.push(verdicts.map(verdictHash));
        assert.equal((await base.checkLog()).ok, true);
      },
      {},
      engines,
    );
  }
  assert.deepEqual(judged[1], judged[0]);
  assert.deepEqual(judged[2], judged[0]);
});

test("waivers count the same in memory: old violations stand, new ones refuse, mended ones settle", async () => {
  const law = `${SHOP}/// @law shop.low error "{name}"\n.decl low(name:symbol)\nlow(n) :- customer(n, c), c < 10.\n`;
  const judged: unknown[] = [];
  for (const engines of [["duckdb"], ["incremental"], ["duckdb", "incremental"]] as const) {
    await withBase(
      [theoryFrom(SHOP)],
      async (base) => {
        await base.propose(
          proposal({
            assert: {
              customer: [
                ["a", 1n],
                ["b", 2n],
                ["c", 50n],
              ],
            },
          }),
        );
        const load = await base.loadTheory([theoryFrom(law)], { author: "lea", reason: "legacy", ratchet: true });
        assert.equal(load.engine, engines.join(","));
        const deltas = [
          customer("d", 60n),
          customer("e", 5n),
          proposal({ retract: { customer: [["a", 1n]] }, assert: { customer: [["a", 20n]] } }),
          proposal({ retract: { customer: [["a", 20n]] }, assert: { customer: [["a", 1n]] } }),
        ];
        const verdicts = [load, ...(await Promise.all(deltas.map((delta) => base.propose(delta))))];
        judged.push(verdicts.map(verdictHash));
        assert.deepEqual(
          verdicts.map(({ verdict }) => verdict),
          ["accepted", "accepted", "refused", "accepted", "refused"],
        );
        assert.deepEqual(
          (await base.waivers()).map(({ to }) => to),
          [null, 5],
        );
        assert.equal((await base.checkLog()).ok, true);
      },
      {},
      engines,
    );
  }
  assert.deepEqual(judged[1], judged[0]);
  assert.deepEqual(judged[2], judged[0]);
});

test("past the engine's memory DuckDB judges, unless the engine was asked for by name", async () => {
  const names = Array.from({ length: 60_000 }, (_, index) => [`${"x".repeat(40)}${index}`, 1n] as const);
  const large = proposal({ assert: { customer: names } });
  await withBase(
    [theoryFrom(SHOP)],
    async (base) => {
      const verdicts = await Promise.all([base.propose(customer("a")), base.propose(large), base.propose(customer("b"))]);
      assert.deepEqual(
        verdicts.map(({ verdict, commit }) => [verdict, commit]),
        [2, 3, 4].map((commit) => ["accepted", commit]),
      );
      assert.equal(verdicts[1].engine, "duckdb");
      assert.equal((await base.checkLog()).ok, true);
    },
    { engine_mb: 1 },
  );
  await withBase(
    [theoryFrom(SHOP)],
    async (base) => {
      const verdict = await base.propose(large);
      assert.deepEqual([verdict.verdict, verdict.undecided?.code, base.head], ["undecided", "limit.engine_mb", 1]);
      assert.equal((await base.propose(customer("b"))).verdict, "accepted");
    },
    { engine_mb: 1 },
    ["incremental"],
  );
});

test("verdicts agree but for facts shown and bounds that one engine reached, and a disagreement is kept in a file", async () => {
  const folder = mkdtempSync(join(tmpdir(), "assay-agree-"));
  try {
    await withBase([theoryFrom(SHOP)], async (base) => {
      const refused = await base.propose(customer("bob", -1n));
      const [violation] = refused.violations;
      assert.ok(violation !== undefined);
      const bound = { code: "limit.rounds", relation: null, bound: 1, unit: "rounds", detail: "" };
      const undecided = { ...refused, verdict: "undecided" as const, undecided: bound };
      assert.equal(agree(refused, { ...refused, engine: "other", violations: [{ ...violation, facts: [] }] }), true);
      assert.equal(agree(refused, { ...refused, violations: [{ ...violation, witness: { name: "x" } }] }), false);
      assert.equal(agree(refused, { ...refused, laws: refused.laws.slice(1) }), false);
      assert.equal(agree(refused, undecided), true);
      assert.equal(agree(refused, { ...undecided, undecided: { ...bound, code: "evaluation.overflow" } }), false);
      assert.equal(opinionOf("x", refused).said, "refused with 1 violations");
      assert.equal(binding(undecided, refused), refused);
      assert.equal(binding({ ...refused, verdict: "accepted" }, undecided), undecided);
    });
    const session = await openMemory();
    await session.run("CREATE TABLE t AS SELECT 7::BIGINT AS n");
    const theory = theoryFrom(".decl t(n:number)\n.input t\n", "m");
    const attributes = [{ name: "n", type: "number", declared: "number", fallback: null }] as const;
    const span = { file: "", line: 1, column: 1, length: 0 } as never;
    const error = await disagreement({
      session,
      path: join(folder, "x.db"),
      theories: [theory],
      relations: [{ name: "t", role: "base", attributes, key: null, doc: "", span }],
      table: (name) => name,
      id: `sha256:${"ab".repeat(32)}`,
      body: '{"assert":{}}',
      opinions: [
        { engine: "duckdb", said: "this", json: "{}" },
        { engine: "incremental", said: "that", json: "[]" },
      ],
    });
    session.close();
    assert.equal(error.code, "internal.engines_disagree");
    assert.ok(error.place !== null && existsSync(error.place));
    const kinds = readFileSync(error.place, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { kind: string; row?: unknown });
    assert.deepEqual(
      kinds.map(({ kind }) => kind),
      ["theory", "fact", "delta", "opinion", "opinion"],
    );
    assert.deepEqual(kinds[1]?.row, [7]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
