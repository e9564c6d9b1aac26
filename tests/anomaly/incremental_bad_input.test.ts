import assert from "node:assert/strict";
import { test } from "node:test";
import type { IncrementalEngine } from "../../logic/engines/incremental/incremental_engine.ts";
import type { Fact } from "../../schema/fact.ts";
import { type Limits, limitsWith } from "../../schema/limits.ts";
import type { Row } from "../../schema/value.ts";
import { programOf } from "../support/compile_dl.ts";
import type { Facts } from "../support/duckdb_facts.ts";
import { loadSubject } from "../support/incremental/load_subject.ts";

/** An engine over the program with every derived relation watched; `undecided` is the code its evaluation ended with. */
function engineOver(text: string, facts: Facts, limits: Partial<Limits> = {}): { engine: IncrementalEngine; undecided: string | null } {
  const program = programOf(text);
  const watch = [...program.relations.values()].filter(({ role }) => role === "derived").map(({ name }) => name);
  const { subject, undecided } = loadSubject({ program, watch }, facts, limitsWith(limits));
  return { engine: subject, undecided: undecided?.code ?? null };
}

function loaded(text: string, facts: Facts, limits: Partial<Limits> = {}): IncrementalEngine {
  const { engine, undecided } = engineOver(text, facts, limits);
  assert.equal(undecided, null);
  return engine;
}

function many(count: number, row: (at: number) => Row): Row[] {
  return Array.from({ length: count }, (_, at) => row(at));
}

function factsOf(relation: string, rows: readonly Row[]): Fact[] {
  return rows.map((row) => ({ relation, row }));
}

const none: readonly Fact[] = [];

const CROSS = `
.decl a(x:number)
.input a
.decl b(y:number)
.input b
.decl both(x:number, y:number)
both(x, y) :- a(x), b(y).
`;

test("a cross product of two large relations is undecided, in a load and in a delta, and leaves nothing behind", () => {
  const rows = many(20_000, (at) => [BigInt(at)]);
  const limits = { rows_derived: 200_000 };
  assert.equal(engineOver(CROSS, { a: rows, b: rows }, limits).undecided, "limit.rows_derived");
  const engine = loaded(CROSS, { a: rows }, limits);
  const before = engine.bytes();
  for (let again = 0; again < 3; again++) {
    const { undecided } = engine.apply({ assert: factsOf("b", rows), retract: none });
    assert.deepEqual([undecided?.code, undecided?.relation, undecided?.bound], ["limit.rows_derived", "both", 200_000]);
    engine.rollback();
    assert.deepEqual([engine.count("both"), engine.count("b"), engine.count("a")], [0, 0, 20_000]);
  }
  assert.ok(engine.bytes() < before + 64 * 2 ** 20, `${before} bytes before, ${engine.bytes()} after`);
  assert.equal(engine.apply({ assert: factsOf("b", [[7n]]), retract: none }).undecided, null);
  engine.keep();
  assert.equal(engine.count("both"), 20_000);
});

test("a join that looks at much and finds nothing ends with the time it has", () => {
  const program = `${CROSS}.decl none(x:number)\nnone(x) :- a(x), b(y), x + y < 0.\n`.replace("both(x, y) :- a(x), b(y).", "");
  const rows = many(60_000, (at) => [BigInt(at)]);
  const engine = loaded(program, { a: rows }, { verdict_ms: 300 });
  const started = performance.now();
  const { undecided } = engine.apply({ assert: factsOf("b", rows), retract: none });
  assert.equal(undecided?.code, "limit.verdict_ms");
  assert.ok(performance.now() - started < 20_000);
  engine.rollback();
  assert.deepEqual([engine.count("none"), engine.count("b")], [0, 0]);
});

test("a derivation without end is undecided", () => {
  const count = ".decl a(x:number)\n.input a\n.decl up(x:number)\nup(x) :- a(x).\nup(x + 1) :- up(x).\n";
  const engine = loaded(count, {}, { rounds: 5_000 });
  const { undecided } = engine.apply({ assert: factsOf("a", [[1n]]), retract: none });
  assert.deepEqual([undecided?.code, undecided?.relation], ["limit.rounds", "up"]);
  engine.rollback();
  assert.equal(engine.count("up"), 0);
  const wide = loaded(count, {}, { rows_derived: 5_000 });
  assert.equal(wide.apply({ assert: factsOf("a", [[1n]]), retract: none }).undecided?.code, "limit.rows_derived");
  wide.rollback();
});

test("the engine's memory is bounded", () => {
  const limits = { engine_mb: 32 };
  const engine = loaded(CROSS, { a: many(10_000, (at) => [BigInt(at)]) }, limits);
  const { undecided } = engine.apply({
    assert: factsOf(
      "b",
      many(1_000, (at) => [BigInt(at)]),
    ),
    retract: none,
  });
  assert.equal(undecided?.code, "limit.engine_mb");
  engine.rollback();
  assert.deepEqual([engine.count("both"), engine.count("b")], [0, 0]);
  assert.equal(engine.apply({ assert: factsOf("b", [[1n]]), retract: none }).undecided, null);
  engine.keep();
  assert.equal(engine.count("both"), 10_000);
});

const GRAPH = `
.decl link(x:number, y:number)
.input link
.decl named(x:number, name:symbol)
.input named
.decl reach(x:number, y:number)
reach(x, y) :- link(x, y).
reach(x, z) :- reach(x, y), link(y, z).
.decl nameless(x:number)
nameless(x) :- link(x, _), !named(x, _).
.decl degree(x:number, n:number)
degree(x, n) :- link(x, _), n = count : { link(x, _) }.
`;

test("a delta of a million facts is applied and taken back", () => {
  const million = 1_000_000;
  const facts = factsOf(
    "link",
    many(million, (at) => [BigInt(at), BigInt(-1 - at)]),
  );
  const engine = loaded(GRAPH, { named: [[1n, "one"]] });
  const counts = (): number[] => ["link", "reach", "nameless", "degree"].map((name) => engine.count(name));
  assert.equal(engine.apply({ assert: facts, retract: none }).undecided, null);
  engine.keep();
  assert.deepEqual(counts(), [million, million, million - 1, million]);
  assert.equal(engine.apply({ assert: none, retract: facts }).undecided, null);
  assert.deepEqual(counts(), [0, 0, 0, 0]);
  engine.rollback();
  assert.deepEqual(counts(), [million, million, million - 1, million]);
});

test("a fact on which thousands of derived tuples rest goes and comes back", () => {
  const links: Row[] = [[0n, 1n], ...many(1_000, (at): Row => [1n, BigInt(at + 2)]), ...many(100, (at): Row => [BigInt(-1 - at), 0n])];
  const engine = loaded(GRAPH, { link: links });
  const all = engine.count("reach");
  assert.equal(all, 1 + 1_000 + 1_000 + 100 + 100 + 100 * 1_000);
  const bridge = factsOf("link", [[0n, 1n]]);
  assert.equal(engine.apply({ assert: none, retract: bridge }).undecided, null);
  assert.equal(engine.count("reach"), 1_000 + 100);
  assert.equal(engine.removed("reach").length, all - 1_100);
  engine.rollback();
  assert.equal(engine.count("reach"), all);
  engine.apply({ assert: none, retract: bridge });
  engine.keep();
  engine.apply({ assert: bridge, retract: none });
  engine.keep();
  assert.equal(engine.count("reach"), all);
});

test("one fact asserted and retracted again and again leaves no trace", () => {
  const engine = loaded(GRAPH, { link: many(50, (at) => [BigInt(at), BigInt(at + 1)]) });
  const flip = factsOf("link", [[50n, 0n]]);
  const turn = (): void => {
    engine.apply({ assert: flip, retract: none });
    assert.equal(engine.count("reach"), 51 * 51);
    engine.keep();
    engine.apply({ assert: none, retract: flip });
    assert.equal(engine.count("reach"), (50 * 51) / 2);
    engine.keep();
  };
  for (let warm = 0; warm < 20; warm++) turn();
  const before = engine.bytes();
  for (let times = 0; times < 400; times++) turn();
  assert.equal(engine.bytes(), before);
  assert.equal(engine.apply({ assert: flip, retract: flip.slice(1) }).undecided, null);
  engine.rollback();
});

test("a hot key is joined by a hundred thousand rows", () => {
  const text = `.decl order(customer:symbol, id:number)
.input order
.decl blocked(customer:symbol)
.input blocked
.decl held(id:number)
held(i) :- order(c, i), blocked(c).
.decl total(customer:symbol, n:number)
total(c, n) :- blocked(c), n = count : { order(c, _) }.
.decl open(id:number)
open(i) :- order(c, i), !blocked(c).
`;
  const hot = 100_000;
  const engine = loaded(text, { order: many(hot, (at) => ["hot", BigInt(at)]) });
  const block = factsOf("blocked", [["hot"]]);
  for (let again = 0; again < 3; again++) {
    assert.equal(engine.apply({ assert: block, retract: none }).undecided, null);
    assert.deepEqual([engine.count("held"), engine.count("open")], [hot, 0]);
    assert.deepEqual(engine.rows("total"), [["hot", BigInt(hot)]]);
    if (again === 1) engine.keep();
    else if (again === 0) engine.rollback();
  }
  engine.rollback();
  engine.apply({ assert: none, retract: block });
  assert.deepEqual([engine.count("held"), engine.count("open"), engine.count("total")], [0, hot, 0]);
  engine.keep();
});

test("symbols of a mebibyte are keys like others", () => {
  const text = `.decl doc(text:symbol, id:number)
.input doc
.decl read(text:symbol)
.input read
.decl seen(id:number)
seen(i) :- doc(t, i), read(t).
.decl least(text:symbol)
least(t) :- doc(t, _), 0 = count : { doc(u, _), u < t }.
.decl twice(text:symbol)
twice(cat(t, t)) :- read(t), strlen(t) > 700000.
`;
  const bytes = 2 ** 20;
  const long = (at: number): string => `${"é".repeat(bytes / 2 - 1)}${String.fromCharCode(97 + at)}`;
  const engine = loaded(text, { doc: many(12, (at) => [long(at), BigInt(at)]) });
  assert.equal(engine.apply({ assert: factsOf("read", [[long(3)], [`${long(4)}x`]]), retract: none }).undecided, null);
  assert.deepEqual([engine.rows("seen"), engine.rows("least")], [[[3n]], [[long(0)]]]);
  engine.keep();
  assert.equal(engine.has("doc", [long(11), 11n]), true);
  assert.equal(engine.has("doc", [long(12), 11n]), false);
  const { undecided } = engine.apply({ assert: factsOf("read", [["y".repeat(bytes)]]), retract: none });
  assert.deepEqual([undecided?.code, undecided?.relation], ["limit.symbol_bytes", "twice"]);
  engine.rollback();
  assert.equal(engine.count("read"), 2);
});

test("the two zeros are one float, and an infinite one is undecided", () => {
  const text = `.decl f(x:float)
.input f
.decl back(x:float)
back(x * -1.0) :- f(x).
.decl same(x:float)
same(x) :- f(x), back(x).
.decl big(x:float)
big(x * 10.0) :- f(x).
`;
  const engine = loaded(text, { f: [[0]] });
  assert.deepEqual(engine.rows("back"), [[0]]);
  assert.equal(Object.is(engine.rows("back")[0]?.[0], 0), true);
  assert.equal(engine.apply({ assert: factsOf("f", [[-0]]), retract: none }).undecided, null);
  assert.deepEqual(engine.effective().assert, []);
  assert.equal(engine.count("f"), 1);
  engine.rollback();
  assert.equal(engine.has("f", [-0]), true);
  assert.equal(engine.apply({ assert: none, retract: factsOf("f", [[-0]]) }).undecided, null);
  assert.equal(engine.count("same"), 0);
  engine.rollback();
  const { undecided } = engine.apply({ assert: factsOf("f", [[1e308]]), retract: none });
  assert.deepEqual([undecided?.code, undecided?.relation], ["evaluation.overflow", "big"]);
  engine.rollback();
});
