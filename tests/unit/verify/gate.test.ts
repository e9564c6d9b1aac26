import assert from "node:assert/strict";
import { test } from "node:test";
import type { ProposedRow, ProposedValue } from "../../../schema/delta.ts";
import type { Verdict } from "../../../schema/verdict.ts";
import { proposal, SHOP, theoryFrom, withBase } from "../../support/fact_bases.ts";

const PROGRAM = `
.decl p(s:symbol, n:number, u:unsigned, f:float)
.input p
.decl q(n:number)
.input q
/// @law test.q error "q {n}"
.decl bad(n:number)
bad(n) :- q(n), n = 13.
`;

const codes = (verdict: Verdict): (string | undefined)[] => verdict.violations.map(({ code, law }) => code ?? law).toSorted();

/** The codes with which each row of `p` is refused; an accepted row gives none. */
async function refusals(rows: readonly ProposedRow[], limits = {}): Promise<(readonly (string | undefined)[])[]> {
  const found: (readonly (string | undefined)[])[] = [];
  await withBase(
    [theoryFrom(PROGRAM)],
    async (base) => {
      for (const row of rows) found.push(codes(await base.propose(proposal({ assert: { p: [row] } }))));
    },
    limits,
  );
  return found;
}

test("values of every type are taken exactly", async () => {
  await withBase([theoryFrom(PROGRAM)], async (base) => {
    const rows: ProposedRow[] = [
      ["", -(2n ** 63n), 0n, { decimal: "1.5e308" }],
      ["é😀", 2n ** 63n - 1n, 2n ** 64n - 1n, 3n],
      ["digits", "-42", "18446744073709551615", { decimal: "-0.0" }],
      ["number", 7, 7, 0.1],
      { f: 1n, u: 1n, n: 1n, s: "by name" },
    ];
    const verdict = await base.propose(proposal({ assert: { p: rows } }));
    assert.equal(verdict.verdict, "accepted");
    const { rows: found } = await base.query({ datalog: "?- p(s, n, u, f)." });
    assert.deepEqual(found, [
      ["", -(2n ** 63n), 0n, 1.5e308],
      ["by name", 1n, 1n, 1],
      ["digits", -42n, 2n ** 64n - 1n, 0],
      ["number", 7n, 7n, 0.1],
      ["é😀", 2n ** 63n - 1n, 2n ** 64n - 1n, 3],
    ]);
  });
});

test("every bad value has its code", async () => {
  const values = (changed: Partial<Record<"s" | "n" | "u" | "f", ProposedValue>>): ProposedRow => ({
    s: "a",
    n: 1n,
    u: 1n,
    f: 1n,
    ...changed,
  });
  const cases: readonly (readonly [ProposedRow, string])[] = [
    [values({ s: "a\0b" }), "gate.symbol_nul"],
    [values({ s: "\ud800" }), "gate.symbol_unicode"],
    [values({ s: 1n }), "gate.type"],
    [values({ s: null }), "gate.type"],
    [values({ s: ["a"] }), "gate.type"],
    [values({ s: "x".repeat(101) }), "limit.symbol_bytes"],
    [values({ s: "é".repeat(51) }), "limit.symbol_bytes"],
    [values({ n: 2n ** 63n }), "gate.number_range"],
    [values({ n: "-9223372036854775809" }), "gate.number_range"],
    [values({ n: { decimal: "9".repeat(50_000) } }), "gate.number_range"],
    [values({ n: { decimal: "1.5" } }), "gate.decimal"],
    [values({ n: { decimal: "1e2" } }), "gate.decimal"],
    [values({ n: "1.5" }), "gate.type"],
    [values({ n: "" }), "gate.type"],
    [values({ n: true }), "gate.type"],
    [values({ u: -1n }), "gate.unsigned_range"],
    [values({ u: 2n ** 64n }), "gate.unsigned_range"],
    [values({ f: { decimal: "1e400" } }), "gate.float_range"],
    [values({ f: Number.NaN }), "gate.float_range"],
    [values({ f: "1.5" }), "gate.type"],
    [["a", 1n, 1n], "gate.arity"],
    [["a", 1n, 1n, 1n, 1n], "gate.arity"],
    [[], "gate.arity"],
    [{ s: "a", n: 1n, u: 1n }, "gate.missing_attribute"],
    [{ s: "a", n: 1n, u: 1n, F: 1n }, "gate.unknown_attribute"],
  ];
  const found = await refusals(
    cases.map(([row]) => row),
    { symbol_bytes: 100 },
  );
  assert.deepEqual(
    found,
    cases.map(([, code]) => [code]),
  );
});

test("a symbol of exactly the bound is taken", async () => {
  assert.deepEqual(await refusals([["é".repeat(50), 1n, 1n, 1n]], { symbol_bytes: 100 }), [[]]);
});

test("all that shape, types and base commit find stands in one verdict, with place and next step", async () => {
  await withBase([theoryFrom(SHOP)], async (base) => {
    const verdict = await base.propose(
      proposal({
        assert: { customer: [["ann", 1n], ["bob"], ["cid", "x"]], custmer: [["a", 1n]], orphan: [[1n, "a"]], order: [[1n, "ann", 1n]] },
        retract: { order: [[1n, "ann", 1n]], customer: [["zoe", 0n]] },
        base: 7,
      }),
    );
    assert.equal(verdict.verdict, "refused");
    assert.deepEqual(codes(verdict), [
      "gate.absent_fact",
      "gate.absent_fact",
      "gate.arity",
      "gate.contradiction",
      "gate.derived_relation",
      "gate.type",
      "gate.unknown_base",
      "gate.unknown_relation",
    ]);
    for (const violation of verdict.violations) {
      assert.ok(violation.place !== null && violation.help !== undefined, violation.code);
      assert.equal(violation.law, `gate.${violation.law.split(".")[1]}`);
    }
    assert.equal(verdict.violations.find(({ code }) => code === "gate.arity")?.place, "in.csv:2");
    assert.match(verdict.violations.find(({ code }) => code === "gate.unknown_relation")?.help ?? "", /`customer`/);
    assert.equal(base.head, 1);
  });
});

test("keys hold within the delta and against the base, with the facts on both sides", async () => {
  await withBase([theoryFrom(SHOP)], async (base) => {
    await base.propose(proposal({ assert: { customer: [["ann", 1n]] } }));
    const verdict = await base.propose(
      proposal({
        assert: {
          customer: [
            ["ann", 2n],
            ["bob", 1n],
            ["bob", 2n],
            ["cid", 1n],
          ],
        },
      }),
    );
    assert.deepEqual(codes(verdict), ["key.customer", "key.customer"]);
    assert.deepEqual(
      verdict.violations.map(({ witness, facts }) => [witness["name"], facts.map(({ row, from, place }) => [...row, from, place])]),
      [
        [
          "ann",
          [
            ["ann", 1n, "base", "in.csv:1"],
            ["ann", 2n, "delta", "in.csv:1"],
          ],
        ],
        [
          "bob",
          [
            ["bob", 1n, "delta", "in.csv:2"],
            ["bob", 2n, "delta", "in.csv:3"],
          ],
        ],
      ],
    );
    const moved = await base.propose(proposal({ retract: { customer: [["ann", 1n]] }, assert: { customer: [["ann", 2n]] } }));
    assert.equal(moved.verdict, "accepted");
  });
});

test("laws refuse, warnings do not, and a broken key hides no law", async () => {
  await withBase([theoryFrom(SHOP)], async (base) => {
    const refused = await base.propose(
      proposal({
        assert: {
          customer: [
            ["ann", -5n],
            ["ann", 5n],
          ],
          order: [[1n, "zed", 5000n]],
        },
      }),
    );
    assert.deepEqual(codes(refused), ["key.customer", "shop.credit", "shop.customer", "shop.large"]);
    assert.equal(refused.total, 4);
    assert.deepEqual(refused.laws.map(({ law, violations }) => [law, violations]).toSorted(), [
      ["key.customer", 1],
      ["shop.credit", 1],
      ["shop.customer", 1],
      ["shop.large", 1],
    ]);
    const orphan = refused.violations.find(({ law }) => law === "shop.customer");
    assert.deepEqual(orphan?.facts, [{ relation: "order", row: [1n, "zed", 5000], from: "delta", place: "in.csv:1" }]);
    assert.equal(orphan?.rule?.file, "shop/shop.dl");
    const warned = await base.propose(proposal({ assert: { customer: [["ann", 5n]], order: [[1n, "ann", 5000n]] } }));
    assert.equal(warned.verdict, "accepted");
    assert.deepEqual(codes(warned), ["shop.large"]);
  });
});

test("a retract can break a law, and its violation names the fact of the base", async () => {
  await withBase([theoryFrom(SHOP)], async (base) => {
    await base.propose(proposal({ assert: { customer: [["ann", 5n]], order: [[1n, "ann", 1n]] } }));
    const verdict = await base.propose(proposal({ retract: { customer: [["ann", 5n]] } }));
    assert.deepEqual(codes(verdict), ["shop.customer"]);
    assert.deepEqual(verdict.violations[0]?.facts, [{ relation: "order", row: [1n, "ann", 1], from: "base", place: "in.csv:1" }]);
  });
});

test("nothing to judge is undecided, never accepted", async () => {
  await withBase([theoryFrom(SHOP)], async (base) => {
    for (const empty of [proposal({}), proposal({ assert: { customer: [] } })]) {
      const verdict = await base.propose(empty);
      assert.deepEqual([verdict.verdict, verdict.undecided?.code], ["undecided", "nothing_checked.delta"]);
    }
  });
  await withBase([theoryFrom(".decl p(n:number)\n.input p\n", "bare")], async (base) => {
    const verdict = await base.propose(proposal({ assert: { p: [[1n]] } }));
    assert.deepEqual([verdict.verdict, verdict.undecided?.code], ["undecided", "nothing_checked.laws"]);
    assert.equal(base.head, 1);
  });
});

test("a rule that derives without end leaves the verdict undecided and the base as it was", async () => {
  const endless = `
.decl seed(x:number)
.input seed
.decl n(x:number)
n(x) :- seed(x).
n(x+1) :- n(x).
/// @law test.n error "n {x}"
.decl bad(x:number)
bad(x) :- n(x), x < 0.
`;
  await withBase(
    [theoryFrom(endless, "endless")],
    async (base) => {
      const verdict = await base.propose(proposal({ assert: { seed: [[1n]] } }));
      assert.equal(verdict.verdict, "undecided");
      assert.match(verdict.undecided?.code ?? "", /^limit\.(rounds|rows_derived)$/);
      assert.equal(verdict.undecided?.relation, "n");
      assert.equal(base.head, 1);
      assert.equal((await base.query({ datalog: "?- seed(x)." })).rows.length, 0);
      const again = await base.propose(proposal({ assert: { seed: [[1n]] } }));
      assert.equal(again.replayed, false);
    },
    { rounds: 50, rows_derived: 1000 },
  );
});

test("bounds on a delta are errors, for nothing of it is judged", async () => {
  await withBase(
    [theoryFrom(SHOP)],
    async (base) => {
      const rows = [
        ["a", 1n],
        ["b", 1n],
        ["c", 1n],
      ];
      await assert.rejects(base.propose(proposal({ assert: { customer: rows } })), { code: "limit.delta_rows" });
    },
    { delta_rows: 2 },
  );
  await withBase(
    [theoryFrom(SHOP)],
    async (base) => {
      await assert.rejects(base.propose(proposal({ assert: { customer: [["x".repeat(500), 1n]] } })), { code: "limit.delta_bytes" });
      assert.equal((await base.propose(proposal({ assert: { customer: [["x", 1n]] } }))).verdict, "accepted");
    },
    { delta_bytes: 300 },
  );
});
