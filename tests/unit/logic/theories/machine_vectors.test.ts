import assert from "node:assert/strict";
import { test } from "node:test";
import { C2, C3, chain, goldenDerived, goldenGiven, MachineFacts, PAIRS, product, square } from "../../../support/machine_facts.ts";
import { TheoryOver } from "../../../support/theory_over.ts";

/** The vectors V15 to V18 and the findings C1 and C5 of the reference of the relational machine, through the engine. */
const theory = await TheoryOver.open("machine");

/** How often each law is broken. */
async function counts(facts: MachineFacts): Promise<Record<string, number>> {
  const found = await theory.violations(facts.rows);
  const laws = [...new Set(found.map(({ law }) => law))].toSorted();
  return Object.fromEntries(laws.map((law) => [law.replace("machine.", ""), found.filter((one) => one.law === law).length]));
}

async function witnesses(facts: MachineFacts, law: string): Promise<string[]> {
  const found = await theory.violations(facts.rows);
  return found.filter((one) => one.law === law).map(({ witness }) => Object.values(witness).join(" "));
}

test("V15: the golden fixture breaks no law, and is not what its restrictions derive", async () => {
  assert.deepEqual(await counts(goldenGiven()), {});
  assert.deepEqual(await counts(goldenGiven().add("mode", ["derived"])), { sigma_profile: 2, sigma_max: 1, delta_min: 4 });
  assert.deepEqual(await theory.derived(goldenGiven().rows, "settled").then((rows) => rows.filter((row) => row.startsWith("(a b)"))), [
    "(a b) 00",
    "(a b) 11",
  ]);
});

test("V16: the derived golden fixture breaks no law in the mode derived", async () => {
  assert.deepEqual(await counts(goldenDerived()), {});
});

test("V17: each negative fixture breaks the laws that are meant", async () => {
  assert.deepEqual(await counts(goldenGiven().change("nuc", ["delta", "e", "0"], "1")), { rho_nat: 2 });
  assert.deepEqual(await counts(goldenGiven().change("nuc", ["sigma", "(a)", "1"], "m")), {
    nuc_ext: 1,
    nuc_idem: 2,
    nuc_meet: 1,
    rho_nat: 2,
  });
  assert.deepEqual(await counts(goldenGiven().change("rho", ["(a)", "e", "m"], "0")), {
    rho_impl: 1,
    rho_nat: 1,
    glue_exist: 1,
    rho_functor: 2,
  });
  assert.deepEqual(await counts(goldenGiven().drop("ind", ([a]) => a === "b")), { ind_symmetric: 1, noncomm_join: 1 });
  const withoutLayers = goldenGiven().drop("lay", () => true);
  assert.deepEqual(await counts(withoutLayers.drop("ind", () => true)), { noncomm_join: 2 });
  assert.deepEqual(await counts(goldenGiven().add("gam", ["fiber", "a", "e", "0", "m"])), { counit: 1 });
  const cells = square().add("cell", ["plan", "e", "k", "1"], ["plan", "(a)", "k", "2"]);
  assert.deepEqual(await counts(cells), { reducer_overwrite: 1 });
});

test("V17: a pair that is dropped from the glued fiber is told", async () => {
  const rest = PAIRS.elements.filter((x) => x !== "m1");
  const above = product(rest, [C3, C3]);
  const facts = goldenGiven();
  for (const relation of ["elem", "meet", "join", "impl", "top", "bot", "rho"]) facts.drop(relation, ([t]) => t === "(a b)");
  facts.drop("nuc", ([, t]) => t === "(a b)").fiber("(a b)", above);
  facts.restriction("(a b)", "(a)", above, (x) => x[0] ?? "").restriction("(a b)", "(b)", above, (x) => x[1] ?? "");
  facts.nucleus("sigma", "(a b)", above, { mm: "1m" }).nucleus("delta", "(a b)", above, { "1m": "11", mm: "11" });
  const broken = await counts(facts);
  assert.ok(
    ["glue_exist", "rho_impl", "rho_nat"].every((law) => (broken[law] ?? 0) > 0),
    JSON.stringify(broken),
  );
  assert.deepEqual(await witnesses(facts, "machine.glue_exist"), ["e (a b) m 1"]);
});

test("C5: the published toy breaks its own naturality", async () => {
  const facts = new MachineFacts().add("step", ["s"]).add("hist", ["e"], ["(s)"]).add("depth", ["e", 0], ["(s)", 1]);
  facts.add("ext", ["e", "s", "(s)"]).fiber("e", C3).fiber("(s)", C3);
  facts
    .restriction("(s)", "e", C3, (x) => x)
    .nucleus("delta", "e", C3, { m: "1" })
    .nucleus("delta", "(s)", C3);
  assert.deepEqual(await witnesses(facts, "machine.rho_nat"), ["delta (s) e m m 1"]);
});

test("C1: the reflection onto a subalgebra need not be a nucleus", async () => {
  const four = product(["00", "01", "10", "11"], [C2, C2]);
  const facts = new MachineFacts().add("hist", ["e"]).add("depth", ["e", 0]).fiber("e", four);
  facts.nucleus("delta", "e", four, { "01": "11", "10": "11" });
  assert.deepEqual(await witnesses(facts, "machine.nuc_meet"), ["delta e 01 10 00 11"]);
});

/** An accord of sets on the square: one point over e, two on each side, and `pairs` over both. */
function accord(pairs: readonly (readonly [name: string, left: string, right: string])[]): MachineFacts {
  const facts = square().add("section", ["f", "e", "*"]);
  for (const t of ["(a)", "(b)"])
    facts.add("section", ["f", t, "0"], ["f", t, "1"]).add("res", ["f", t, "e", "0", "*"], ["f", t, "e", "1", "*"]);
  for (const [name, left, right] of pairs) {
    facts.add("section", ["f", "(a b)", name]).add("res", ["f", "(a b)", "(a)", name, left], ["f", "(a b)", "(b)", name, right]);
  }
  return facts;
}

test("V18: accords that do not glue are told, a constant one glues", async () => {
  const all = ["0", "1"].flatMap((x) => ["0", "1"].map((y) => [x + y, x, y] as const));
  assert.deepEqual(await counts(accord(all)), {});
  const diagonal = accord(all.filter(([, x, y]) => x === y));
  assert.deepEqual(await witnesses(diagonal, "machine.acc_exist"), ["f e (a b) 0 1", "f e (a b) 1 0"]);
  assert.deepEqual(await counts(accord([...all, ["copy", "0", "0"]])), { acc_unique: 1 });
  const constant = square();
  for (const t of ["e", "(a)", "(b)", "(a b)"]) constant.add("section", ["f", t, "0"], ["f", t, "1"]);
  for (const [t, , u] of square().rows.get("ext") ?? [])
    constant.add("res", ["f", u ?? "", t ?? "", "0", "0"], ["f", u ?? "", t ?? "", "1", "1"]);
  assert.deepEqual(await counts(constant), {});
});

test("V11: the smallest nuclei that do not commute", async () => {
  const facts = new MachineFacts()
    .add("hist", ["e"])
    .add("depth", ["e", 0])
    .fiber("e", chain("0", "m", "1"));
  facts.nucleus("sigma", "e", C3, { "0": "m" }).nucleus("delta", "e", C3, { m: "1" });
  assert.deepEqual(await witnesses(facts, "machine.nuc_commute"), ["e 0 m 1"]);
});
