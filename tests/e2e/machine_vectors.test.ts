import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { brokenLaws, verifyMachine, witnessesOf } from "../support/machine_door.ts";
import { C2, C3, goldenDerived, goldenGiven, MachineFacts, PAIRS, product, square } from "../support/machine_facts.ts";
import { assayJson, folder } from "./assay.ts";

/** The vectors of the machine's reference at the command line. Those that are counts of what the laws accept are in the property tests. */
interface Trace {
  readonly history: string;
  readonly least_word: readonly string[];
  readonly prefixes: number;
  readonly words: string;
}
interface Traced {
  readonly traces: readonly Trace[];
  readonly compared: { readonly is_same: boolean; readonly is_prefix: boolean } | null;
  readonly counts: { readonly clique_polynomial: readonly string[]; readonly histories: readonly string[] } | null;
}

const spaced = (word: string): string => [...word].join(" ");

async function trace(letters: string, pairs: string, words: readonly string[], more: readonly string[] = []): Promise<Traced> {
  const independent = pairs.split(" ").flatMap((pair) => (pair === "" ? [] : ["--independent", [...pair].join(",")]));
  const { envelope, code } = await assayJson<Traced>([
    "trace",
    "--steps",
    [...letters].join(","),
    ...independent,
    ...more,
    ...words.map(spaced),
  ]);
  assert.equal(code, 0, JSON.stringify(envelope.error));
  assert.ok(envelope.data !== null);
  return envelope.data;
}

test("V1: the published normal forms, and 48 histories of length 3", async () => {
  const { traces, counts } = await trace("abcd", "ad bc", ["badacb", "baadbabcca", "cacbaa"], ["--count", "3"]);
  assert.deepEqual(traces.map(({ history }) => history).slice(0, 2), ["(b)(a d)(a)(b c)", "(b)(a d)(a)(b)(a)(b c)(c)(a)"]);
  assert.deepEqual([traces[0]?.least_word.join(""), traces[2]?.least_word.join("")], ["baadbc", "cabcaa"]);
  assert.equal(counts?.histories[3], "48");
});

test("V3: histories by length, and the polynomial behind them", async () => {
  const vectors: readonly (readonly [string, string, readonly number[], readonly number[]])[] = [
    ["ab", "", [1, -2], [1, 2, 4, 8, 16, 32]],
    ["ab", "ab", [1, -2, 1], [1, 2, 3, 4, 5, 6]],
    ["abc", "", [1, -3], [1, 3, 9, 27, 81, 243]],
    ["abc", "ab", [1, -3, 1], [1, 3, 8, 21, 55, 144, 377]],
    ["abc", "ab bc", [1, -3, 2], [1, 3, 7, 15, 31, 63, 127]],
    ["abc", "ab bc ac", [1, -3, 3, -1], [1, 3, 6, 10, 15, 21, 28]],
    ["abcd", "ad bc", [1, -4, 2], [1, 4, 14, 48, 164, 560, 1912]],
    ["abcd", "ab bc cd da", [1, -4, 4], [1, 4, 12, 32, 80, 192, 448]],
    ["abcd", "ab bc cd", [1, -4, 3], [1, 4, 13, 40, 121, 364, 1093]],
    ["abcd", "ab ac ad bc bd", [1, -4, 5, -2], [1, 4, 11, 26, 57, 120, 247]],
    ["abcde", "ab bc cd de ea", [1, -5, 5], [1, 5, 20, 75, 275, 1000, 3625]],
  ];
  for (const [letters, pairs, polynomial, histories] of vectors) {
    const { counts } = await trace(letters, pairs, [], ["--count", String(histories.length - 1)]);
    assert.deepEqual(counts, { clique_polynomial: polynomial.map(String), histories: histories.map(String) });
  }
});

test("V4, V5, V6: forms, prefixes and orders", async () => {
  const expect = async (letters: string, pairs: string, rows: readonly (readonly [word: string, ...rest: (string | number)[]])[]) => {
    const { traces } = await trace(
      letters,
      pairs,
      rows.map(([word]) => word),
    );
    for (const [index, [word, form, prefixes, orders]] of rows.entries()) {
      const found = traces[index];
      assert.equal(found?.history, form, word);
      if (prefixes !== undefined) assert.equal(found?.prefixes, prefixes, word);
      if (orders !== undefined) assert.equal(found?.words, String(orders), word);
    }
  };
  await expect("abc", "ab", [
    ["aabb", "(a b)(a b)", 9, 6],
    ["abab", "(a b)(a b)", 9, 6],
    ["bbaa", "(a b)(a b)", 9, 6],
    ["cab", "(c)(a b)", 5],
    ["acb", "(a)(c)(b)", 4],
    ["abcabc", "(a b)(c)(a b)(c)", 9],
    ["cbaabc", "(c)(a b)(a b)(c)", 11],
  ]);
  await expect("abcd", "ab bc cd", [
    ["abcd", "(a b)(c d)", 8, 5],
    ["dcba", "(c d)(a b)"],
    ["bdac", "(b)(d)(a)(c)"],
    ["aabbccdd", "(a b)(a b)(c d)(c d)", 21, 53],
  ]);
  await expect("ab", "ab", [["aaabb", "(a b)(a b)(a)", 12, 10]]);
  await expect("ab", "", [["abba", "(a)(b)(b)(a)", 5, 1]]);
});

test("V21: s · t is t · s where every letter of t is s or independent of it", async () => {
  for (const [word, step] of [
    ["ab", "a"],
    ["ab", "c"],
    ["bba", "b"],
    ["ac", "b"],
    ["a", "b"],
  ] as const) {
    const { compared } = await trace("abc", "ab", [step + word, word + step]);
    const commutes = [...word].every((letter) => letter === step || "ab".includes(letter + step) || "ab".includes(step + letter));
    assert.equal(compared?.is_same, commutes, `${step} and ${word}`);
    assert.equal((await trace("abc", "ab", [word, step + word])).compared?.is_prefix, commutes);
  }
});

async function judged(context: TestContext, facts: MachineFacts) {
  return verifyMachine(join(folder(context), "m"), facts.rows);
}

test("V15, V16: the golden machines are accepted, and given is not derived", async (context) => {
  assert.equal((await judged(context, goldenGiven())).verdict, "accepted");
  assert.equal((await judged(context, goldenDerived())).verdict, "accepted");
  const derived = await judged(context, goldenGiven().add("mode", ["derived"]));
  assert.deepEqual(brokenLaws(derived), { sigma_profile: 2, sigma_max: 1, delta_min: 4 });
});

test("V17, C1, C5: each negative fixture is refused by the laws that are meant", async (context) => {
  const expect = async (facts: MachineFacts, laws: Record<string, number>) => {
    const verdict = await judged(context, facts);
    assert.deepEqual([verdict.verdict, brokenLaws(verdict)], ["refused", laws]);
    return verdict;
  };
  await expect(goldenGiven().change("nuc", ["delta", "e", "0"], "1"), { rho_nat: 2 });
  await expect(goldenGiven().change("nuc", ["sigma", "(a)", "1"], "m"), { nuc_ext: 1, nuc_idem: 2, nuc_meet: 1, rho_nat: 2 });
  await expect(goldenGiven().change("rho", ["(a)", "e", "m"], "0"), { rho_impl: 1, rho_nat: 1, glue_exist: 1, rho_functor: 2 });
  await expect(
    goldenGiven().drop("ind", ([a]) => a === "b"),
    { ind_symmetric: 1, noncomm_join: 1 },
  );
  await expect(
    goldenGiven()
      .drop("lay", () => true)
      .drop("ind", () => true),
    { noncomm_join: 2 },
  );
  await expect(goldenGiven().add("gam", ["fiber", "a", "e", "0", "m"]), { counit: 1 });
  await expect(square().add("cell", ["plan", "e", "k", "1"], ["plan", "(a)", "k", "2"]), { reducer_overwrite: 1 });
  const four = product(["00", "01", "10", "11"], [C2, C2]);
  const reflection = new MachineFacts().add("hist", ["e"]).add("depth", ["e", 0]).fiber("e", four);
  const found = await judged(context, reflection.nucleus("delta", "e", four, { "01": "11", "10": "11" }));
  assert.deepEqual(witnessesOf(found, "machine.nuc_meet"), ["delta e 01 10 00 11"]);
  const toy = new MachineFacts().add("step", ["s"]).add("hist", ["e"], ["(s)"]).add("depth", ["e", 0], ["(s)", 1]);
  toy.add("ext", ["e", "s", "(s)"]).fiber("e", C3).fiber("(s)", C3);
  toy
    .restriction("(s)", "e", C3, (x) => x)
    .nucleus("delta", "e", C3, { m: "1" })
    .nucleus("delta", "(s)", C3);
  assert.deepEqual(witnessesOf(await judged(context, toy), "machine.rho_nat"), ["delta (s) e m m 1"]);
});

/** An accord of sets on the square: one section over e, two on each side, and these pairs over both. */
function accord(pairs: readonly (readonly [name: string, left: string, right: string])[]): MachineFacts {
  const facts = square().add("section", ["f", "e", "*"]);
  for (const t of ["(a)", "(b)"])
    facts.add("section", ["f", t, "0"], ["f", t, "1"]).add("res", ["f", t, "e", "0", "*"], ["f", t, "e", "1", "*"]);
  for (const [name, left, right] of pairs) {
    facts.add("section", ["f", "(a b)", name]).add("res", ["f", "(a b)", "(a)", name, left], ["f", "(a b)", "(b)", name, right]);
  }
  return facts;
}

test("V11: the smallest nuclei that do not commute", async (context) => {
  const facts = new MachineFacts().add("hist", ["e"]).add("depth", ["e", 0]).fiber("e", C3);
  facts.nucleus("sigma", "e", C3, { "0": "m" }).nucleus("delta", "e", C3, { m: "1" });
  assert.deepEqual(witnessesOf(await judged(context, facts), "machine.nuc_commute"), ["e 0 m 1"]);
});

test("V18: accords that do not glue are refused, a constant one is accepted", async (context) => {
  const all = ["0", "1"].flatMap((x) => ["0", "1"].map((y) => [x + y, x, y] as const));
  const diagonal = await judged(context, accord(all.filter(([, x, y]) => x === y)));
  assert.deepEqual(witnessesOf(diagonal, "machine.acc_exist"), ["f e (a b) 0 1", "f e (a b) 1 0"]);
  assert.deepEqual(brokenLaws(await judged(context, accord([...all, ["copy", "0", "0"]]))), { acc_unique: 1 });
  const constant = square();
  for (const t of ["e", "(a)", "(b)", "(a b)"]) constant.add("section", ["f", t, "0"], ["f", t, "1"]);
  for (const [t, , u] of square().rows.get("ext") ?? [])
    constant.add("res", ["f", u ?? "", t ?? "", "0", "0"], ["f", u ?? "", t ?? "", "1", "1"]);
  assert.equal((await judged(context, constant)).verdict, "accepted");
});

test("V20: relation expressions", async () => {
  for (const [term, normal, core] of [
    ["(sat (trans (and p (sat (trans q)))))", "(and (trans (sat p)) (trans (sat q)))", null],
    ["(trans (sat (and p true)))", "(trans (sat p))", "(and (trans (sat p)) true)"],
    ["(trans (trans (sat (trans true))))", "true", null],
    ["(sat (=> p q))", "(sat (=> p q))", null],
    ["(sat false)", "(sat false)", null],
    ["(trans (or p (sat q)))", "(trans (or p (sat q)))", null],
  ] as const) {
    assert.equal((await assayJson<{ normal: string }>(["res", term])).envelope.data?.normal, normal);
    if (core !== null) assert.equal((await assayJson<{ normal: string }>(["res", "--core", term])).envelope.data?.normal, core);
  }
});

test("V17: a pair dropped from the glued fiber is told", async (context) => {
  const above = product(
    PAIRS.elements.filter((x) => x !== "m1"),
    [C3, C3],
  );
  const facts = goldenGiven();
  for (const relation of ["elem", "meet", "join", "impl", "top", "bot", "rho"]) facts.drop(relation, ([t]) => t === "(a b)");
  facts.drop("nuc", ([, t]) => t === "(a b)").fiber("(a b)", above);
  facts.restriction("(a b)", "(a)", above, (x) => x[0] ?? "").restriction("(a b)", "(b)", above, (x) => x[1] ?? "");
  facts.nucleus("sigma", "(a b)", above, { mm: "1m" }).nucleus("delta", "(a b)", above, { "1m": "11", mm: "11" });
  assert.deepEqual(witnessesOf(await judged(context, facts), "machine.glue_exist"), ["e (a b) m 1"]);
});
