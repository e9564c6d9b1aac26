import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Proof } from "../../../../logic/explain/proof.ts";
import { prove } from "../../../../logic/explain/prove.ts";
import { supportOf } from "../../../../logic/explain/support.ts";
import { explainAbsence } from "../../../../logic/explain/why_not.ts";
import type { Limits } from "../../../../schema/limits.ts";
import type { Row } from "../../../../schema/value.ts";
import { type DuckDbSession, openMemory } from "../../../../verify/store/duckdb_session.ts";
import { type Facts, inputOver } from "../../../support/duckdb_facts.ts";
import { aggregate, atom, compare, f, n, not, num, op, program, range, rule, sym } from "../../../support/ir_builder.ts";

let session: DuckDbSession;
before(async () => {
  session = await openMemory();
});
after(() => session.close());

const judged = program({
  base: { e: "nn", q: "n", t: "ns" },
  derived: { path: "nn", pair: "nn", bad: "nn", busy: "nn", least: "n", mean: "f", next: "n", either: "n", even: "n", odd: "n", holds: "" },
  rules: [
    rule("path", [n("x"), n("y")], atom("e", n("x"), n("y"))),
    rule("path", [n("x"), n("z")], atom("path", n("x"), n("y")), atom("e", n("y"), n("z"))),
    rule("pair", [n("x"), n("y")], atom("e", n("x"), n("y"))),
    rule("pair", [n("x"), n("z")], atom("pair", n("x"), n("y")), atom("pair", n("y"), n("z"))),
    rule("bad", [n("x"), n("y")], atom("path", n("x"), n("y")), not("q", n("y")), compare(n("x"), "<", n("y"))),
    rule(
      "busy",
      [n("x"), n("c")],
      atom("q", n("x")),
      aggregate(n("c"), "count", ["x"], { keys: [n("y")], body: [atom("e", n("x"), n("y"))] }),
      compare(n("c"), ">", num(1)),
    ),
    rule("least", [n("m")], aggregate(n("m"), "min", [], { keys: [n("y"), n("x")], body: [atom("e", n("x"), n("y"))] })),
    rule("mean", [f("m")], aggregate(f("m"), "mean", [], { keys: [n("y"), n("x")], body: [atom("path", n("x"), n("y"))] })),
    rule("next", [op("+", "number", n("x"), num(1))], atom("q", n("x")), atom("t", n("x"), null)),
    rule("either", [n("x")], atom("t", n("x"), sym("a"))),
    rule("either", [n("x")], atom("q", n("x")), range(n("x"), num(0), num(3))),
    rule("even", [num(0)]),
    rule("odd", [n("y")], atom("even", n("x")), atom("e", n("x"), n("y"))),
    rule("even", [n("y")], atom("odd", n("x")), atom("e", n("x"), n("y"))),
    rule("holds", [], atom("q", null)),
  ],
});
const facts: Facts = {
  e: [
    [0n, 1n],
    [1n, 2n],
    [2n, 3n],
    [3n, 4n],
    [1n, 3n],
    [4n, 1n],
  ],
  q: [[1n], [3n], [9n]],
  t: [
    [1n, "b"],
    [7n, "a"],
  ],
};

async function proofOf(relation: string, row: Row, limits: Partial<Limits> = {}): Promise<Proof> {
  const { proof, undecided } = await prove(await inputOver(session, judged, facts, limits), { relation, row });
  assert.equal(undecided, null);
  assert.ok(proof !== null, `${relation} ${row} holds`);
  return proof;
}

/** A proof as nested text: `path#2 [1, 3](…)`. */
function outline(proof: Proof): string {
  const values = proof.row === null ? "" : `[${proof.row.map((value) => value ?? "_").join(" ")}]`;
  const name =
    proof.kind === "derived"
      ? (proof.rule?.id ?? "?")
      : proof.kind === "absent"
        ? `!${proof.relation}`
        : (proof.relation ?? proof.text ?? proof.kind);
  const inner = proof.premises.length > 0 ? `(${proof.premises.map(outline).join(" ")})` : "";
  return `${name}${values}${inner}${proof.cut ? "…" : ""}`;
}

test("a proof follows the rule's body, with absences and conditions", async () => {
  assert.equal(outline(await proofOf("bad", [0n, 2n])), "bad#1[0 2](path#2[0 2](path#1[0 1](e[0 1]) e[1 2]) !q[2] 0 < 2)");
  assert.equal(outline(await proofOf("next", [2n])), "next#1[2](q[1] t[1 b])");
  assert.equal(outline(await proofOf("holds", [])), "holds#1[](q[1])");
  assert.equal(outline(await proofOf("q", [9n])), "q[9]");
});

test("the first rule that gives a fact is the one shown", async () => {
  assert.equal(outline(await proofOf("either", [7n])), "either#1[7](t[7 a])");
  assert.equal(outline(await proofOf("either", [1n])), "either#2[1](q[1] 1 = range(0, 3))");
});

test("within a recursion the proof is one of least height", async () => {
  assert.equal(outline(await proofOf("path", [0n, 3n])), "path#2[0 3](path#1[0 1](e[0 1]) e[1 3])");
  const height = (proof: Proof): number => 1 + Math.max(0, ...proof.premises.map(height));
  assert.equal(height(await proofOf("path", [0n, 4n])), 4);
  assert.equal(height(await proofOf("pair", [0n, 4n])), 4);
  assert.equal(outline(await proofOf("odd", [3n])), "odd#1[3](even#2[2](odd#1[1](even#1[0] e[0 1]) e[1 2]) e[2 3])");
});

test("an aggregate shows its members, an extreme only those that reach it", async () => {
  assert.equal(outline(await proofOf("busy", [1n, 2n])), "busy#1[1 2](q[1] count = 2(e[1 2] e[1 3]) 2 > 1)");
  assert.equal(outline(await proofOf("least", [1n])), "least#1[1](min = 1(e[0 1] e[4 1]))");
});

test("members past the bound are cut, and their number is told", async () => {
  const proof = await proofOf("busy", [1n, 2n], { explain_members: 1 });
  const group = proof.premises[1];
  assert.deepEqual([group?.members, group?.premises.length, group?.cut], [2, 1, true]);
});

test("a proof past the bounds of height and size is cut and says so", async () => {
  assert.equal(outline(await proofOf("bad", [0n, 2n], { explain_depth: 2 })), "bad#1[0 2](path#2[0 2]… !q[2] 0 < 2)");
  const size = (proof: Proof): number => 1 + proof.premises.reduce((sum, premise) => sum + size(premise), 0);
  assert.ok(size(await proofOf("mean", [2.5], { explain_nodes: 6 })) <= 6);
  assert.ok(size(await proofOf("mean", [2.5])) > 20);
  const whole = await proofOf("bad", [0n, 2n], { explain_nodes: 3 });
  assert.match(outline(whole), /…/);
});

test("what does not hold has no proof", async () => {
  assert.deepEqual(await prove(await inputOver(session, judged, facts), { relation: "bad", row: [9n, 9n] }), {
    undecided: null,
    proof: null,
  });
  assert.deepEqual(await prove(await inputOver(session, judged, facts), { relation: "q", row: [8n] }), { undecided: null, proof: null });
});

test("the support of violations is the base facts of their proofs, each once", async () => {
  const input = await inputOver(session, judged, facts);
  const { support } = await supportOf(input, "bad", [
    [0n, 2n],
    [1n, 4n],
  ]);
  assert.deepEqual(support[0], {
    facts: [
      { relation: "e", row: [0n, 1n] },
      { relation: "e", row: [1n, 2n] },
    ],
    cut: false,
  });
  assert.deepEqual(support[1], {
    facts: [
      { relation: "e", row: [1n, 3n] },
      { relation: "e", row: [3n, 4n] },
    ],
    cut: false,
  });
  const busy = await supportOf({ ...input, limits: { ...input.limits, explain_members: 1 } }, "busy", [[1n, 2n]]);
  assert.deepEqual(busy.support, [
    {
      facts: [
        { relation: "q", row: [1n] },
        { relation: "e", row: [1n, 2n] },
      ],
      cut: true,
    },
  ]);
  assert.deepEqual(await supportOf(input, "bad", []), { undecided: null, support: [] });
});

test("a bound reached while explaining is told", async () => {
  const input = await inputOver(session, judged, facts, { rows_derived: 3 });
  assert.equal((await prove(input, { relation: "bad", row: [0n, 2n] })).undecided?.code, "limit.rows_derived");
  assert.equal((await supportOf(input, "bad", [[0n, 2n]])).undecided?.code, "limit.rows_derived");
  assert.equal((await explainAbsence(input, "bad", [0n, 9n])).undecided?.code, "limit.rows_derived");
});

async function absence(relation: string, row: readonly (Row[number] | null)[]) {
  const { whyNot } = await explainAbsence(await inputOver(session, judged, facts), relation, row);
  return whyNot;
}

test("why-not names the fact that stands in the way", async () => {
  const found = await absence("bad", [0n, 3n]);
  assert.deepEqual(
    found?.attempts.map(({ rule, bindings, missing }) => [rule.id, bindings, missing]),
    [["bad#1", { x: 0n, y: 3n }, [{ kind: "present", relation: "q", row: [3n], text: null, why: null }]]],
  );
});

test("why-not follows a missing derived fact down to base facts, nearest rule first", async () => {
  const found = await absence("bad", [0n, 9n]);
  const [attempt] = found?.attempts ?? [];
  assert.deepEqual(
    attempt?.missing.map(({ kind, relation, row }) => [kind, relation, row]),
    [
      ["absent", "path", [0n, 9n]],
      ["present", "q", [9n]],
    ],
  );
  const deeper = attempt?.missing[0]?.why?.attempts.map(({ rule, missing }) => [
    rule.id,
    missing.map(({ relation, row }) => [relation, row]),
  ]);
  assert.deepEqual(deeper, [
    ["path#1", [["e", [0n, 9n]]]],
    ["path#2", [["e", [1n, 9n]]]],
  ]);
});

test("why-not tells conditions that are not met, with the values reached", async () => {
  const found = await absence("busy", [3n, null]);
  assert.deepEqual(found?.attempts[0]?.bindings, { c: 1n, x: 3n });
  assert.deepEqual(
    found?.attempts[0]?.missing.map(({ kind, text }) => [kind, text]),
    [["condition", "1 > 1"]],
  );
});

test("why-not solves a head that counts and sets aside one that cannot match", async () => {
  const counted = await absence("next", [10n]);
  assert.deepEqual(
    counted?.attempts[0]?.missing.map(({ relation, row }) => [relation, row]),
    [["t", [9n, null]]],
  );
  const even = await absence("even", [7n]);
  assert.deepEqual(
    even?.attempts.map(({ rule, missing }) => [rule.id, missing[0]?.kind]),
    [
      ["even#2", "absent"],
      ["even#1", "head"],
    ],
  );
});

test("why-not of a base fact is that nobody asserted it; of one that holds, nothing", async () => {
  assert.deepEqual(await absence("q", [5n]), { relation: "q", row: [5n], role: "base", attempts: [] });
  assert.equal(await absence("bad", [0n, null]), null);
});
