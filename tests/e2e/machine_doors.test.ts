import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { History } from "../../ingest/steps/history.ts";
import type { ErrorReport } from "../../schema/assay_error.ts";
import type { Verdict } from "../../schema/verdict.ts";
import { goldenGiven, MachineFacts, square } from "../support/machine_facts.ts";
import { assay, assayJson, folder } from "./assay.ts";

/** Makes a fact base with the theory and some facts. */
async function machineBase(context: TestContext, facts: MachineFacts): Promise<string> {
  const db = join(folder(context), "m.duckdb");
  assert.equal((await assay(["init", "--db", db, "--theory", "machine"])).code, 0);
  assert.equal((await propose(db, facts)).verdict, "accepted");
  return db;
}

async function propose(db: string, facts: MachineFacts): Promise<Verdict> {
  const plain = Object.fromEntries(
    [...facts.rows].map(([name, rows]) => [name, rows.map((row) => row.map((v) => (typeof v === "bigint" ? Number(v) : v)))]),
  );
  const input = JSON.stringify({ proposer: "t", reason: "t", assert: plain });
  const { envelope } = await assayJson<Verdict>(["propose", "--db", db, "-"], { input });
  assert.ok(envelope.data !== null, JSON.stringify(envelope.error));
  return envelope.data;
}

async function rows(db: string, query: string): Promise<(string | number)[][]> {
  const { envelope } = await assayJson<{ rows: (string | number)[][] }>(["query", "--db", db, query]);
  assert.ok(envelope.data !== null, JSON.stringify(envelope.error));
  return envelope.data.rows;
}

interface Settled {
  readonly verdict: string | null;
  readonly elements: readonly {
    readonly at: string;
    readonly element: string;
    readonly class: string;
    readonly settled: string;
    readonly gap: number;
  }[];
}
const settle = async (db: string, ...more: string[]) => {
  const { envelope } = await assayJson<Settled>(["settle", "--db", db, ...more]);
  assert.ok(envelope.data !== null, JSON.stringify(envelope.error));
  return { ...envelope.data, events: envelope.events as readonly ErrorReport[] };
};

test("V15: the classes and gaps of the golden fiber, and its settled elements as a delta that the laws accept", async (context) => {
  const db = await machineBase(context, goldenGiven());
  const { elements } = await settle(db, "--at", "(a b)");
  assert.deepEqual(elements.map((one) => [one.element, one.class, one.settled, one.gap]).toSorted(), [
    ["00", "fixed", "00", 0],
    ["11", "fixed", "11", 0],
    ["1m", "saturated", "11", 1],
    ["m1", "transferred", "11", 1],
    ["mm", "free", "11", 3],
  ]);
  const proposed = await settle(db, "--propose", "hstar");
  assert.equal(proposed.verdict, "accepted");
  assert.deepEqual(await rows(db, '?- hstar("(a b)", x).'), [["00"], ["11"]]);
  assert.equal((await settle(db, "--propose", "hstar")).verdict, null);
  const wrong = await propose(db, new MachineFacts().add("hstar", ["(a b)", "mm"]));
  assert.deepEqual(
    wrong.violations.map(({ law, witness }) => [law, witness]),
    [["machine.fixed_fiber", { t: "(a b)", x: "mm" }]],
  );
});

test("nuclei are derived from restrictions and independent steps, and hold in the mode derived (V16)", async (context) => {
  const points = square().add("point", ["e", 0, 1], ["e", 1, 3], ["(a)", 0, 1], ["(b)", 0, 1], ["(a b)", 0, 1]);
  points.add("point_map", ["(a)", "e", 0, 0], ["(a)", "e", 1, 0], ["(b)", "e", 0, 0], ["(b)", "e", 1, 0]);
  points.add("point_map", ["(a b)", "(a)", 0, 0], ["(a b)", "(b)", 0, 0]).add("nuc_points", ["delta", "e", 1]);
  const db = await machineBase(context, points.add("mode", ["derived"]));
  assert.equal((await settle(db, "--propose", "nuclei")).verdict, null);
  const plain = await machineBase(
    context,
    points
      .drop("mode", () => true)
      .drop("nuc_points", () => true)
      .add("nuc_points", ["delta", "e", 1], ["sigma", "e", 3]),
  );
  assert.equal((await settle(plain, "--propose", "nuclei")).verdict, "accepted");
  assert.deepEqual(await rows(plain, "?- nuc_points(k, t, points)."), [["delta", "e", 1]]);
  assert.deepEqual(
    (await settle(plain, "--at", "e")).elements.map((one) => [one.element, one.class, one.gap]),
    [
      ["{}", "fixed", 0],
      ["{0}", "saturated", 1],
      ["{0 1}", "fixed", 0],
    ],
  );
});

test("an edge settles elements and unsettles others (V16, C12)", async (context) => {
  const root = new MachineFacts().add("step", ["a"]).add("hist", ["e"]).add("depth", ["e", 0]).add("point", ["e", 0, 1], ["e", 1, 3]);
  const db = await machineBase(context, root);
  const edge = new MachineFacts().add("hist", ["(a)"]).add("depth", ["(a)", 1]).add("ext", ["e", "a", "(a)"]).add("point", ["(a)", 0, 1]);
  assert.equal((await propose(db, edge.add("point_map", ["(a)", "e", 0, 0], ["(a)", "e", 1, 0]))).verdict, "accepted");
  assert.equal((await settle(db, "--propose", "nuclei")).verdict, "accepted");
  const { envelope } = await assayJson<{ changes: Record<string, string>[] }>(["settle", "--db", db, "--since", "2"]);
  assert.deepEqual(
    envelope.data?.changes.map(({ at, element, change }) => [at, element, change]),
    [
      ["e", "{0}", "unsettled"],
      ["(a)", "{}", "settled"],
      ["(a)", "{0}", "settled"],
    ],
  );
  assert.equal((await assayJson(["settle", "--db", db, "--since", "2", "--propose", "hstar"])).envelope.error?.code, "usage.arguments");
});

test("where no nucleus keeps what independent steps keep, it is said (C1)", async (context) => {
  const facts = new MachineFacts()
    .add("step", ["a"])
    .add("hist", ["e"], ["(a)"])
    .add("depth", ["e", 0], ["(a)", 1])
    .add("ext", ["e", "a", "(a)"]);
  facts.add("point", ["e", 0, 1], ["e", 2, 4], ["(a)", 0, 1]).add("point_map", ["(a)", "e", 0, 0], ["(a)", "e", 2, 0]);
  const db = await machineBase(context, facts);
  const found = await settle(db, "--propose", "nuclei");
  assert.deepEqual([found.verdict, found.events.map(({ code, place }) => [code, place])], [null, [["machine.no_nucleus", "e"]]]);
  assert.deepEqual(
    (await settle(db, "--at", "e")).elements.map(({ element }) => element),
    ["{}", "{0}", "{2}", "{0 2}"],
  );
});

test("what settles anew along the stepping map is emitted, and held to its law", async (context) => {
  const facts = new MachineFacts()
    .add("step", ["a"])
    .add("hist", ["e"], ["(a)"])
    .add("depth", ["e", 0], ["(a)", 1])
    .add("ext", ["e", "a", "(a)"]);
  facts.add("point", ["e", 0, 1], ["(a)", 0, 1], ["(a)", 1, 3]).add("point_map", ["(a)", "e", 0, 0]);
  facts.add("down_set", ["e", "no", 0], ["e", "yes", 1], ["(a)", "no", 0], ["(a)", "yes", 1], ["(a)", "paid", 3]);
  facts.add("gam", ["fiber", "a", "e", "no", "no"], ["fiber", "a", "e", "yes", "yes"]);
  const db = await machineBase(context, facts);
  assert.equal((await settle(db, "--propose", "news")).verdict, "accepted");
  assert.deepEqual(await rows(db, "?- emitted(t, u, x)."), [["e", "(a)", "paid"]]);
  assert.equal((await settle(db, "--propose", "news")).verdict, null);
});

test("local data is glued, sections of the whole and two acts at once (V18)", async (context) => {
  const facts = square().add("section", ["f", "e", "*"]);
  for (const t of ["(a)", "(b)"])
    facts.add("section", ["f", t, "0"], ["f", t, "1"]).add("res", ["f", t, "e", "0", "*"], ["f", t, "e", "1", "*"]);
  for (const x of ["0", "1"])
    for (const y of ["0", "1"])
      facts.add("section", ["f", "(a b)", x + y]).add("res", ["f", "(a b)", "(a)", x + y, x], ["f", "(a b)", "(b)", x + y, y]);
  const db = await machineBase(context, facts);
  const glued = await assayJson<{ families: number; missing: number; double: number }>(["glue", "--db", db]);
  assert.deepEqual([glued.code, glued.envelope.data?.families, glued.envelope.data?.missing, glued.envelope.data?.double], [0, 4, 0, 0]);
  const global = await assayJson<{ sections: number; histories: string[] }>(["glue", "--db", db, "--accord", "f", "--global"]);
  assert.deepEqual([global.envelope.data?.histories, global.envelope.data?.sections], [["(a b)"], 4]);
  const act = async (...sides: string[]) =>
    (await assayJson<{ act: unknown }>(["glue", "--db", db, "--accord", "f", ...sides.flatMap((side) => ["--act", side])])).envelope.data
      ?.act;
  assert.deepEqual(await act("(a)=0", "(b)=1"), { u: "(a b)", section: "01" });
  assert.deepEqual(await act("(b)=1", "(a)=0"), { u: "(a b)", section: "01" });
  assert.equal(await act("(a)=0", "(b)=2"), null);
  const usage = await assayJson(["glue", "--db", db, "--act", "(a)=0"]);
  assert.deepEqual([usage.code, usage.envelope.error?.code], [3, "usage.arguments"]);
});

test("V7: the histories up to length 4, their edges, squares and order", async (context) => {
  const facts = new MachineFacts()
    .add("step", ["a"], ["b"], ["c"])
    .add("ind", ["a", "b"], ["b", "a"])
    .add("hist", ["e"])
    .add("depth", ["e", 0]);
  const known = new Map([["e", ""]]);
  for (const word of known.values()) {
    for (const step of word.length < 4 ? "abc" : "") {
      const history = new History((a, b) => a + b === "ab" || a + b === "ba", word + step);
      const name = history.text(history.whole);
      if (known.has(name)) continue;
      known.set(name, word + step);
      facts.add("hist", [name]).add("depth", [name, word.length + 1]);
      facts.add("lay", ...history.letters(history.whole).map(({ layer, step: letter }) => [name, layer, letter]));
      facts.add(
        "ext",
        ...history.lastPlaces(history.whole).map((at) => [history.text(history.whole & ~(1n << BigInt(at))), history.step(at), name]),
      );
    }
  }
  const db = await machineBase(context, facts);
  const count = async (sql: string): Promise<number> => {
    const { envelope } = await assayJson<{ rows: number[][] }>(["query", "--db", db, "--sql", sql]);
    return envelope.data?.rows[0]?.[0] ?? Number.NaN;
  };
  const order =
    "WITH RECURSIVE below(t, u) AS (SELECT t, t FROM hist UNION SELECT below.t, ext.u FROM below JOIN ext ON ext.t = below.u) SELECT count(*) FROM below";
  assert.deepEqual([await count("SELECT count(*) FROM hist"), await count(order), await count("SELECT count(*) FROM ext")], [88, 422, 99]);
  assert.equal((await rows(db, "?- square(t, v, w, u).")).length, 12);
  assert.equal(await count("SELECT count(*) FROM (SELECT u FROM ext GROUP BY u HAVING count(*) = 1)"), 75);
  const pair = await assayJson<{ compared: { meet: string; join: string | null } }>(["trace", "--db", db, "(a)(c)", "b a"]);
  assert.deepEqual([pair.envelope.data?.compared.meet, pair.envelope.data?.compared.join], ["(a)", null]);
});

test("words of a file are brought to their forms, each once", async (context) => {
  const cwd = folder(context);
  writeFileSync(join(cwd, "words.csv"), "history\n(b)(a)\n(a)(b)\n(c)(b)(a)\ne\n");
  const ran = await assay(["trace", "--steps", "a,b,c", "--independent", "a,b", "--file", "words.csv"], { cwd });
  assert.deepEqual([ran.code, ran.stdout], [0, "history,depth,height\n(a b),2,1\n(c)(a b),3,2\ne,0,0\n"]);
  writeFileSync(join(cwd, "bad.csv"), "history\n(z)\n");
  const bad = await assayJson(["trace", "--steps", "a", "--file", "bad.csv"], { cwd });
  assert.deepEqual([bad.code, bad.envelope.error?.code], [3, "machine.unknown_step"]);
});

test("what is asked wrongly is an error of usage or of the machine", async (context) => {
  const cwd = folder(context);
  for (const [args, code] of [
    [["trace", "a"], "usage.arguments"],
    [["trace", "--steps", "a"], "usage.arguments"],
    [["trace", "--steps", "a,b", "--independent", "a", "a"], "usage.arguments"],
    [["trace", "--steps", "a", "b"], "machine.unknown_step"],
    [["trace", "--steps", "a", "(a"], "machine.history"],
    [["trace", "--steps", "a,b", "--independent", "a,a", "a"], "machine.independence"],
    [["trace", "--steps", "a", "--count", "1001"], "usage.arguments"],
    [["trace", "--steps", "a,b", "--independent", "a,b", "--limit", "step_histories=3", "a a b b"], "limit.step_histories"],
  ] as const) {
    const ran = await assayJson([...args], { cwd });
    assert.equal(ran.envelope.error?.code, code, args.join(" "));
    assert.ok(ran.code === 3 || ran.code === 2);
  }
});
