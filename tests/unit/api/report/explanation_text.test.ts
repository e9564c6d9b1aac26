import assert from "node:assert/strict";
import { test } from "node:test";
import { MAX_DEPTH } from "../../../../api/cli/commands/explain.ts";
import { explanationText } from "../../../../api/report/explanation_text.ts";
import { plainStyle } from "../../../../api/report/style.ts";
import { type TreeNode, treeText } from "../../../../api/report/tree_text.ts";
import type { Proof } from "../../../../logic/explain/proof.ts";

const node = (text: string, ...children: TreeNode[]): TreeNode => ({ text, children });

test("a tree draws the lines between its nodes", () => {
  const tree = node("a", node("b", node("c"), node("d")), node("e"));
  assert.equal(
    treeText(tree, (text) => text),
    ["a", "├─ b", "│  ├─ c", "│  └─ d", "└─ e"].join("\n"),
  );
});

test("a tree as deep as a proof may be is drawn", () => {
  let deep = node("0");
  for (let height = 1; height < MAX_DEPTH; height += 1) deep = node(String(height), deep);
  assert.equal(treeText(deep, (text) => text).split("\n").length, MAX_DEPTH);
});

const base: Proof = {
  kind: "base",
  relation: "order",
  row: ["o1", 5n],
  rule: null,
  text: null,
  premises: [],
  place: "order.csv:2",
};
const proof: Proof = {
  kind: "derived",
  relation: "orphan",
  row: ["o1"],
  rule: { id: "orphan#1", file: "shop.dl", line: 9 },
  text: null,
  premises: [
    base,
    { kind: "absent", relation: "customer", row: ["c9", null], rule: null, text: null, premises: [] },
    { kind: "condition", relation: null, row: null, rule: null, text: "5 > 3", premises: [] },
    { kind: "aggregate", relation: null, row: null, rule: null, text: "count = 2", premises: [base], members: 2, cut: true },
  ],
};

test("a proof names facts with their places, rules with their lines, and what is cut", () => {
  const lines = explanationText({ kind: "proof", asOf: 1, proof }, plainStyle).split("\n");
  assert.deepEqual(lines, [
    'orphan("o1")  shop.dl:9',
    '├─ order("o1", 5)  order.csv:2',
    '├─ no customer("c9", _)',
    "├─ 5 > 3",
    "└─ count = 2  over 2 members",
    '   ├─ order("o1", 5)  order.csv:2',
    "   └─ … cut here: --depth N shows more",
  ]);
});

test("what is missing is told attempt by attempt", () => {
  const rule = { id: "orphan#1", file: "shop.dl", line: 9 };
  const absent = { kind: "absent", relation: "order", row: ["o7", null], text: null, why: null } as const;
  const present = { kind: "present", relation: "customer", row: ["c1"], text: null, why: null } as const;
  const condition = { kind: "condition", relation: null, row: null, text: "5 > 7", why: null } as const;
  const nested = {
    ...absent,
    why: { relation: "order", row: ["o7"], role: "derived", attempts: [{ rule, bindings: {}, missing: [condition] }] },
  } as const;
  const why = {
    relation: "orphan",
    row: ["o7"],
    role: "derived",
    attempts: [{ rule, bindings: { c: "c1" }, missing: [absent, present, nested] }],
  } as const;
  const lines = explanationText({ kind: "why_not", asOf: 1, why }, plainStyle).split("\n");
  assert.deepEqual(lines, [
    'not orphan("o7")',
    '└─ by shop.dl:9  with c = "c1"',
    '   ├─ missing order("o7", _)',
    '   ├─ in the way customer("c1")',
    '   └─ not order("o7")',
    "      └─ by shop.dl:9",
    "         └─ not met 5 > 7",
  ]);
});
