import assert from "node:assert/strict";
import { test } from "node:test";
import type { FactBase } from "../../../verify/fact_base.ts";
import { proposal, SHOP, theoryFrom, withBase } from "../../support/fact_bases.ts";

const load = (base: FactBase, program: string, options: { ratchet?: boolean; allowDestructive?: boolean; reason?: string } = {}) =>
  base.loadTheory([theoryFrom(program)], { author: "lea", reason: "change", ...options });

const relation = (attributes: string, more = "") => `
${more}
.decl item(${attributes})
.input item
/// @law shop.item error "never"
.decl never(x:symbol)
never(x) :- item(${attributes
  .split(",")
  .map((_, index) => (index === 0 ? "x" : "_"))
  .join(", ")}), x = "forbidden".
`;

const items = async (base: FactBase, asOf?: number) =>
  (await base.query({ sql: "SELECT * FROM item ORDER BY ALL" }, asOf === undefined ? {} : { asOf })).rows;

test("loading the same bytes again is a no-op without a commit", async () => {
  await withBase([theoryFrom(SHOP)], async (base) => {
    const again = await load(base, SHOP);
    assert.deepEqual([again.verdict, again.replayed, again.commit, base.head], ["accepted", true, 1, 1]);
  });
});

test("a theory that does not compile is refused with every error, and nothing changes", async () => {
  await withBase([theoryFrom(SHOP)], async (base) => {
    await assert.rejects(
      load(base, ".decl p(x:nosuch)\n.input p\nq(x) :- p(x).\n"),
      (error: { code: string; also: { place: string }[] }) => {
        assert.equal(error.code, "theory.rejected");
        assert.ok(error.also.length >= 2);
        assert.ok(error.also.every(({ place }) => /shop\.dl:\d+:\d+$/.test(place)));
        return true;
      },
    );
    assert.equal(base.head, 1);
    assert.equal((await base.propose(proposal({ assert: { customer: [["ann", 1n]] } }))).verdict, "accepted");
  });
});

test("theories stand beside each other, and one can name another's relations", async () => {
  await withBase([theoryFrom(SHOP)], async (base) => {
    const rule = '/// @law extra.rich error "{name}"\n.decl rich(name:symbol)\nrich(n) :- customer(n, c), c > 100.\n';
    await base.loadTheory([theoryFrom(rule, "extra")], { author: "lea", reason: "more" });
    assert.deepEqual(
      base.theories.map(({ name }) => name),
      ["extra", "shop"],
    );
    const verdict = await base.propose(proposal({ assert: { customer: [["ann", 500n]] } }));
    assert.deepEqual(
      verdict.violations.map(({ law }) => law),
      ["extra.rich"],
    );
    assert.deepEqual(Object.keys(verdict.theories), ["extra", "shop"]);
  });
});

test("a new law that facts present break refuses the load with witnesses", async () => {
  await withBase([theoryFrom(relation("name:symbol, n:number"))], async (base) => {
    await base.propose(proposal({ assert: { item: [["a", 1n]] } }));
    const law = '/// @law shop.one error "{n}"\n.decl one(n:number)\none(n) :- item(_, n), n = 1.\n';
    const refused = await load(base, relation("name:symbol, n:number") + law);
    assert.deepEqual([refused.verdict, refused.commit], ["refused", null]);
    assert.deepEqual(
      refused.violations.map(({ law: id, witness, facts }) => [id, witness, facts.map(({ from }) => from)]),
      [["shop.one", { n: 1n }, ["base"]]],
    );
    assert.equal(base.head, 2);
    assert.equal((await base.refusals())[0]?.kind, "load");
    assert.equal((await base.propose(proposal({ assert: { item: [["b", 1n]] } }))).verdict, "accepted");
  });
});

test("a ratchet waives what stands with author and reason, refuses what is new, and settles what is mended", async () => {
  const law = '/// @law shop.low error "{name}"\n.decl low(name:symbol)\nlow(x) :- item(x, n), n < 0.\n';
  await withBase([theoryFrom(relation("name:symbol, n:number"))], async (base) => {
    const old = [
      ["a", -1n],
      ["b", -1n],
      ["c", 1n],
    ] as const;
    await base.propose(proposal({ assert: { item: old } }));
    const loaded = await load(base, relation("name:symbol, n:number") + law, { ratchet: true, reason: "legacy" });
    assert.equal(loaded.verdict, "accepted");
    const outcome = loaded.laws.find(({ law: id }) => id === "shop.low");
    assert.deepEqual([outcome?.violations, outcome?.waived], [2, 2]);
    assert.deepEqual(
      loaded.violations.map(({ waived }) => waived),
      [true, true],
    );
    assert.deepEqual(
      (await base.waivers()).map(({ law: id, witness, author, reason, from, to }) => [id, witness, author, reason, from, to]),
      [
        ["shop.low", '{"name":"a"}', "lea", "legacy", 3, null],
        ["shop.low", '{"name":"b"}', "lea", "legacy", 3, null],
      ].toSorted(),
    );
    const fresh = await base.propose(proposal({ assert: { item: [["d", -1n]] } }));
    assert.equal(fresh.verdict, "refused");
    assert.deepEqual(
      fresh.violations.map(({ witness, waived }) => [witness["name"], waived ?? false]),
      [
        ["d", false],
        ["a", true],
        ["b", true],
      ],
    );
    const mended = await base.propose(proposal({ retract: { item: [["a", -1n]] }, assert: { item: [["a", 1n]] } }));
    assert.equal(mended.verdict, "accepted");
    const broken = await base.propose(proposal({ retract: { item: [["a", 1n]] }, assert: { item: [["a", -1n]] } }));
    assert.equal(broken.verdict, "refused");
    assert.deepEqual((await base.waivers()).map(({ to }) => to).toSorted(), [4, null].toSorted());
    assert.equal((await base.checkLog()).ok, true);
  });
});

test("attributes and relations come at will, with the fallback for facts that were there", async () => {
  await withBase([theoryFrom(relation("name:symbol"))], async (base) => {
    await base.propose(proposal({ assert: { item: [["a"], ["b"]] } }));
    const wider = relation("kind:symbol, name:symbol, n:number", '/// @default(kind, "plain")');
    const loaded = await load(base, `${wider}.decl extra(x:number)\n.input extra\n.decl e(x:number)\ne(x) :- extra(x).\n`);
    assert.equal(loaded.verdict, "accepted");
    assert.deepEqual(await items(base), [
      ["plain", "a", 0n],
      ["plain", "b", 0n],
    ]);
    assert.deepEqual(await items(base, 2), [["a"], ["b"]]);
    await base.propose(proposal({ retract: { item: [["plain", "a", 0n]] }, assert: { extra: [[1n]] } }));
    assert.deepEqual(await items(base), [["plain", "b", 0n]]);
    assert.deepEqual(await items(base, 3), [
      ["plain", "a", 0n],
      ["plain", "b", 0n],
    ]);
    assert.deepEqual((await base.log())[2]?.effects, {
      added: ["extra"],
      changed: [{ relation: "item", destructive: false, lost: 0 }],
      dropped: [],
    });
    assert.equal((await base.checkLog()).ok, true);
  });
});

test("losing or retyping an attribute needs the word, unless the relation is empty, and the commit records it", async () => {
  await withBase([theoryFrom(relation("name:symbol, n:symbol"))], async (base) => {
    assert.equal((await load(base, relation("name:symbol, m:symbol"))).verdict, "accepted");
    const rows = [
      ["a", "1"],
      ["b", "x"],
      ["c", "007"],
      ["d", "99999999999999999999"],
    ];
    await base.propose(proposal({ assert: { item: rows } }));
    await assert.rejects(load(base, relation("name:symbol, m:number")), { code: "theory.destructive" });
    await assert.rejects(load(base, relation("name:symbol")), { code: "theory.destructive" });
    assert.equal(base.head, 3);
    assert.equal((await load(base, relation("name:symbol, m:number"), { allowDestructive: true })).verdict, "accepted");
    assert.deepEqual(await items(base), [
      ["a", 1n],
      ["c", 7n],
    ]);
    assert.deepEqual((await base.log())[3]?.effects["changed"], [{ relation: "item", destructive: true, lost: 2 }]);
    assert.equal((await load(base, relation("name:symbol"), { allowDestructive: true })).verdict, "accepted");
    assert.deepEqual(await items(base), [["a"], ["c"]]);
    assert.equal((await items(base, 3)).length, 4);
    assert.equal((await base.checkLog()).ok, true);
  });
});

test("a relation can vanish with the word, and come back empty", async () => {
  const other = '.decl other(x:number)\n.input other\n/// @law o.o error "{x}"\n.decl o(x:number)\no(x) :- other(x), x < 0.\n';
  await withBase([theoryFrom(relation("name:symbol"))], async (base) => {
    await base.propose(proposal({ assert: { item: [["a"]] } }));
    await assert.rejects(load(base, other), { code: "theory.destructive" });
    assert.equal((await load(base, other, { allowDestructive: true })).verdict, "accepted");
    await assert.rejects(base.query({ sql: "SELECT * FROM item" }), { code: "query.sql_error" });
    assert.deepEqual(await items(base, 2), [["a"]]);
    assert.equal((await load(base, relation("name:symbol"), { allowDestructive: true })).verdict, "accepted");
    assert.deepEqual(await items(base), []);
    assert.equal((await base.propose(proposal({ assert: { item: [["a"]] }, reason: "again" }))).verdict, "accepted");
    assert.equal((await base.checkLog()).ok, true);
  });
});

test("every conversion of a retype is exact or loses the fact", async () => {
  const typed = (type: string) =>
    `.decl v(x:${type})\n.input v\n.decl w(x:${type})\n.input w\n/// @law l.l error "l"\n.decl l(x:${type})\nl(x) :- v(x), w(x).\n`;
  const cases = [
    ["number", "symbol", [1n, -2n], ["-2", "1"]],
    ["number", "unsigned", [1n, -2n], [1n]],
    ["unsigned", "number", [1n, 2n ** 64n - 1n], [1n]],
    ["number", "float", [2n ** 53n, 2n ** 53n + 1n], [2 ** 53]],
    ["float", "number", [2, 2.5], [2n]],
    ["symbol", "float", ["1.5", "inf", "nan", "x"], [1.5]],
    ["symbol", "unsigned", ["1", "-1", "1.5"], [1n]],
  ] as const;
  for (const [from, to, values, expected] of cases) {
    await withBase([theoryFrom(typed(from))], async (base) => {
      await base.propose(proposal({ assert: { v: values.map((value) => [value]) } }));
      assert.equal((await load(base, typed(to), { allowDestructive: true })).verdict, "accepted", `${from} to ${to}`);
      const { rows } = await base.query({ sql: "SELECT x FROM v ORDER BY x" });
      assert.deepEqual(
        rows.map(([value]) => value),
        expected,
        `${from} to ${to}`,
      );
      assert.equal((await base.checkLog()).ok, true);
    });
  }
});

test("names that SQL cannot tell apart are refused at the door", async () => {
  await withBase([], async (base) => {
    const twice = ".decl Item(x:number)\n.input Item\n.decl item(x:number)\n.input item\n.decl d(x:number)\nd(x) :- item(x), Item(x).\n";
    await assert.rejects(load(base, twice), { code: "theory.name_case" });
    const attributes = ".decl item(x:number, X:number)\n.input item\n.decl d(x:number)\nd(x) :- item(x, x).\n";
    await assert.rejects(load(base, attributes), { code: "theory.name_case" });
    assert.equal(base.head, 0);
  });
});

test("relations and attributes named like SQL or like our own columns are plain names", async () => {
  const names = `
.decl select(commit:number, place:symbol, op:number, from:symbol)
.input select
.decl meta(format:number)
.input meta
/// @law t.t error "{commit}"
.decl table(commit:number)
table(c) :- select(c, _, _, _), meta(c).
`;
  await withBase([theoryFrom(names)], async (base) => {
    await base.propose(proposal({ assert: { select: [[1n, "p", 2n, "f"]], meta: [[2n]] } }));
    const refused = await base.propose(proposal({ assert: { meta: [[1n]] } }));
    assert.deepEqual(
      refused.violations.map(({ witness }) => witness),
      [{ commit: 1n }],
    );
    assert.equal((await base.propose(proposal({ retract: { select: [[1n, "p", 2n, "f"]] } }))).verdict, "accepted");
    assert.equal((await base.query({ datalog: "?- select(a, b, c, d)." }, { asOf: 2 })).rows.length, 1);
    assert.equal((await base.checkLog()).ok, true);
  });
});

test("what is in memory follows a change of theory, also where a relation goes and comes back empty", async () => {
  await withBase(
    [theoryFrom(relation("x:symbol"))],
    async (base) => {
      assert.equal((await base.propose(proposal({ assert: { item: [["a"], ["b"]] } }))).verdict, "accepted");
      const stricter = `${relation("x:symbol")}/// @law shop.more error "{x}"\n.decl more(x:symbol)\nmore(x) :- item(x), item("b"), x = "c".\n`;
      assert.equal((await load(base, stricter)).verdict, "accepted");
      assert.equal((await base.propose(proposal({ assert: { item: [["c"]] } }))).verdict, "refused");
      assert.equal((await load(base, SHOP, { allowDestructive: true })).verdict, "accepted");
      assert.equal((await load(base, stricter, { allowDestructive: true })).verdict, "accepted");
      assert.deepEqual(await items(base), []);
      assert.equal((await base.propose(proposal({ assert: { item: [["c"]] } }))).verdict, "accepted");
      assert.deepEqual(await items(base), [["c"]]);
      assert.equal((await base.checkLog()).ok, true);
    },
    {},
    ["incremental"],
  );
});
