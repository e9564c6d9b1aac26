import assert from "node:assert/strict";
import { test } from "node:test";
import { verdictHash, verdictJson } from "../../../schema/verdict_wire.ts";
import { proposal, SHOP, theoryFrom, withBase } from "../../support/fact_bases.ts";

const customers = "?- customer(name, credit).";

test("a delta delivered twice commits once and gives the first verdict again", async () => {
  await withBase([theoryFrom(SHOP)], async (base) => {
    const delta = proposal({ assert: { customer: [["ann", 1n]], open: [[]] } });
    const first = await base.propose(delta);
    assert.deepEqual([first.verdict, first.commit, first.base, first.replayed], ["accepted", 2, 1, false]);
    assert.deepEqual(first.checked, { laws: 4, facts: 2, delta_facts: 2 });
    await base.propose(proposal({ retract: { customer: [["ann", 1n]] } }));
    const again = await base.propose({ ...delta, key: "another", places: new Map() });
    assert.deepEqual(again, JSON.parse(JSON.stringify({ ...first, replayed: true })));
    assert.equal(base.head, 3);
    assert.equal((await base.query({ datalog: customers })).rows.length, 0);
  });
});

test("a refused delta is kept with its violations, and judged again only when something changed", async () => {
  await withBase([theoryFrom(SHOP)], async (base) => {
    const delta = proposal({ assert: { order: [[1n, "ann", 1n]] } });
    const first = await base.propose(delta);
    assert.deepEqual([first.verdict, first.replayed], ["refused", false]);
    assert.equal((await base.propose(delta)).replayed, true);
    const [kept] = await base.refusals();
    assert.deepEqual([kept?.delta, kept?.violations, kept?.head], [first.delta, 1, 1]);
    const stored = await base.verdict(first.delta ?? "");
    assert.ok(stored !== null);
    assert.equal(verdictJson(stored), verdictJson(first));
    assert.equal(verdictHash(stored), verdictHash(first));
    await base.propose(proposal({ assert: { customer: [["ann", 1n]] } }));
    const later = await base.propose(delta);
    assert.deepEqual([later.verdict, later.replayed, later.commit], ["accepted", false, 3]);
    assert.equal((await base.refusals()).length, 0);
    assert.equal(await base.verdict("sha256:00"), null);
  });
});

test("a delta can be conditional on the head", async () => {
  await withBase([theoryFrom(SHOP)], async (base) => {
    const first = await base.propose(proposal({ assert: { customer: [["ann", 1n]] }, base: 1 }));
    assert.equal(first.verdict, "accepted");
    const late = await base.propose(proposal({ assert: { customer: [["bob", 1n]] }, base: 1 }));
    assert.deepEqual([late.verdict, late.violations[0]?.code], ["refused", "gate.stale_base"]);
    const now = await base.propose(proposal({ assert: { customer: [["bob", 1n]] }, base: 2 }));
    assert.equal(now.verdict, "accepted");
  });
});

test("an idempotency key stands for one delta", async () => {
  await withBase([theoryFrom(SHOP)], async (base) => {
    const keyed = proposal({ assert: { customer: [["ann", 1n]] }, key: "k" });
    assert.equal((await base.propose(keyed)).verdict, "accepted");
    assert.equal((await base.propose(keyed)).replayed, true);
    const other = await base.propose(proposal({ assert: { customer: [["bob", 1n]] }, key: "k" }));
    assert.deepEqual(
      other.violations.map(({ code }) => code),
      ["gate.key_reused"],
    );
  });
});

test("asserting what is there changes nothing and is still a commit; repeated rows are one fact", async () => {
  await withBase([theoryFrom(SHOP)], async (base) => {
    await base.propose(proposal({ assert: { customer: [["ann", 1n]] } }));
    const again = await base.propose(
      proposal({
        assert: {
          customer: [
            ["ann", 1n],
            ["bob", 2n],
            ["bob", 2n],
          ],
        },
      }),
    );
    assert.deepEqual([again.verdict, again.commit, again.checked.facts], ["accepted", 3, 2]);
    const log = await base.log();
    assert.deepEqual(log.at(-1)?.effects, { asserted: 1, retracted: 0 });
    const same = await base.propose(proposal({ assert: { customer: [["ann", 1n]] }, reason: "once more" }));
    assert.deepEqual([same.verdict, same.commit], ["accepted", 4]);
    assert.equal((await base.checkLog()).ok, true);
  });
});

test("every commit can be read back, base and derived, by Datalog and SQL", async () => {
  await withBase([theoryFrom(SHOP)], async (base) => {
    await base.propose(proposal({ assert: { customer: [["ann", 1n]], order: [[1n, "ann", 5000n]], open: [[]] } }));
    await base.propose(proposal({ retract: { customer: [["ann", 1n]] }, assert: { customer: [["ann", 2n]] } }));
    await base.propose(proposal({ retract: { order: [[1n, "ann", 5000n]], open: [[]] } }));
    const credit = async (asOf: number) => (await base.query({ datalog: customers }, { asOf })).rows;
    assert.deepEqual(await Promise.all([0, 1, 2, 3, 4].map((asOf) => credit(asOf).catch((error) => error.code))), [
      "query.rejected",
      [],
      [["ann", 1n]],
      [["ann", 2n]],
      [["ann", 2n]],
    ]);
    for (const [asOf, count] of [
      [2, 1],
      [3, 1],
      [4, 0],
    ] as const) {
      assert.equal((await base.query({ sql: "SELECT * FROM large" }, { asOf })).rows.length, count);
      assert.equal((await base.query({ sql: 'SELECT * FROM main."order"' }, { asOf })).rows.length, count);
      assert.equal((await base.query({ datalog: "?- large(x)." }, { asOf })).rows.length, count);
      assert.equal((await base.query({ datalog: "?- open()." }, { asOf })).rows.length, count);
    }
    await assert.rejects(base.query({ datalog: customers }, { asOf: 5 }), { code: "query.commit" });
    await assert.rejects(base.query({ datalog: customers }, { asOf: 1.5 }), { code: "query.commit" });
  });
});

test("base relations are plain tables of exactly their attributes", async () => {
  await withBase([theoryFrom(SHOP)], async (base) => {
    await base.propose(proposal({ assert: { customer: [["ann", 1n]] } }));
    const { columns, types, rows } = await base.query({ sql: "SELECT * FROM customer" });
    assert.deepEqual([columns, types, rows], [["name", "credit"], ["VARCHAR", "BIGINT"], [["ann", 1n]]]);
  });
});

test("proposals made at once are judged one after the other", async () => {
  await withBase([theoryFrom(SHOP)], async (base) => {
    const deltas = Array.from({ length: 8 }, (_, index) => proposal({ assert: { customer: [["ann", BigInt(index)]] } }));
    const verdicts = await Promise.all(deltas.map((delta) => base.propose(delta)));
    assert.deepEqual(
      verdicts.map(({ verdict }) => verdict),
      ["accepted", ...Array<string>(7).fill("refused")],
    );
    assert.deepEqual((await base.query({ datalog: customers })).rows, [["ann", 0n]]);
    assert.equal((await base.checkLog()).ok, true);
  });
});

test("long lists of violations are paged to the last one, also after the head moved on", async () => {
  await withBase(
    [theoryFrom(SHOP)],
    async (base) => {
      const orders = Array.from({ length: 25 }, (_, index) => [BigInt(index), "zed", 1n] as const);
      const verdict = await base.propose(proposal({ assert: { order: orders, customer: [["bob", -1n]] } }));
      assert.deepEqual([verdict.total, verdict.violations.length], [26, 10]);
      await base.propose(proposal({ assert: { customer: [["zed", 1n]] } }));
      const seen = verdict.violations.map(({ fingerprint }) => fingerprint);
      let { cursor } = verdict;
      while (cursor !== null) {
        const page = await base.violations(verdict.delta ?? "", cursor);
        assert.equal(page.total, 26);
        seen.push(...page.violations.map(({ fingerprint }) => fingerprint));
        cursor = page.cursor;
      }
      assert.equal(new Set(seen).size, 26);
      assert.equal(base.head, 2);
      assert.equal((await base.checkLog()).ok, true);
      await assert.rejects(base.violations(verdict.delta ?? "", "x"), { code: "query.cursor" });
      await assert.rejects(base.violations("sha256:00", "after:10"), { code: "query.cursor" });
    },
    { violations_page: 10 },
  );
});

test("names with quotes, keywords and every kind of text are plain values", async () => {
  await withBase([theoryFrom(SHOP)], async (base) => {
    const name = `'"; DROP TABLE customer; --\n\\ \u{1f600}`;
    assert.equal((await base.propose(proposal({ assert: { customer: [[name, 1n]] } }))).verdict, "accepted");
    assert.deepEqual((await base.query({ datalog: customers })).rows, [[name, 1n]]);
    assert.equal((await base.propose(proposal({ retract: { customer: [[name, 1n]] } }))).verdict, "accepted");
  });
});

test("malformed deltas are paged too, from what was proposed, digit for digit", async () => {
  await withBase(
    [theoryFrom(SHOP)],
    async (base) => {
      const rows = [["a", { decimal: "1e400" }], ["b"], ["c", "x"], { nam: "\ud800" }, ["d\0", 99999999999999999999n]];
      const verdict = await base.propose(proposal({ assert: { customer: rows } }));
      const seen = verdict.violations.map(({ code }) => code);
      let { cursor } = verdict;
      while (cursor !== null) {
        const page = await base.violations(verdict.delta ?? "", cursor);
        seen.push(...page.violations.map(({ code }) => code));
        cursor = page.cursor;
      }
      assert.equal(seen.length, verdict.total);
      assert.deepEqual(seen, ["gate.arity", "gate.unknown_attribute", "gate.decimal", "gate.type", "gate.symbol_nul", "gate.number_range"]);
    },
    { violations_page: 2 },
  );
});

test("the violations of a refused load are paged", async () => {
  await withBase(
    [theoryFrom(SHOP)],
    async (base) => {
      await base.propose(proposal({ assert: { customer: [1n, 2n, 3n].map((n) => [`c${n}`, n]) } }));
      const law = `${SHOP}/// @law shop.any error "{name}"\n.decl any(name:symbol)\nany(n) :- customer(n, _).\n`;
      const verdict = await base.loadTheory([theoryFrom(law)], { author: "lea", reason: "any" });
      assert.deepEqual([verdict.verdict, verdict.total, verdict.violations.length], ["refused", 3, 2]);
      await base.propose(proposal({ retract: { customer: [["c3", 3n]] } }));
      const page = await base.violations(verdict.delta ?? "", verdict.cursor ?? "");
      assert.deepEqual(
        page.violations.map(({ witness }) => witness["name"]),
        ["c3"],
      );
      assert.equal((await base.checkLog()).ok, true);
    },
    { violations_page: 2 },
  );
});

test("a rehearsal judges deltas over each other and leaves no trace", async () => {
  await withBase([theoryFrom(SHOP)], async (base) => {
    const deltas = [
      proposal({ assert: { customer: [["ann", 1n]] } }),
      proposal({ assert: { order: [[1n, "ann", 1n]] } }),
      proposal({ retract: { customer: [["ann", 1n]] } }),
      proposal({ assert: { open: [[]] } }),
    ];
    const verdicts = await base.rehearse(deltas);
    assert.deepEqual(
      verdicts.map(({ verdict, commit, replayed }) => [verdict, commit, replayed]),
      [
        ["accepted", null, false],
        ["accepted", null, false],
        ["refused", null, false],
      ],
    );
    assert.deepEqual([base.head, (await base.refusals()).length], [1, 0]);
    assert.equal((await base.query({ datalog: customers })).rows.length, 0);
    assert.equal((await base.checkLog()).ok, true);
  });
});
