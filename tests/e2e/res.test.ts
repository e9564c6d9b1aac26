import assert from "node:assert/strict";
import { test } from "node:test";
import { goldenGiven } from "../support/machine_facts.ts";
import { assay, assayJson, folder } from "./assay.ts";
import { write } from "./shop.ts";

interface Reading {
  readonly normal: string;
  readonly at: string | null;
  readonly element: string | null;
  readonly stable: boolean | null;
}

test("a term is brought to its normal form", async () => {
  const vectors = {
    "(sat (trans (and p (sat (trans q)))))": "(and (trans (sat p)) (trans (sat q)))",
    "(trans (sat (and p true)))": "(trans (sat p))",
    "(trans (trans (sat (trans true))))": "true",
    "(sat (=> p q))": "(sat (=> p q))",
    "(def half (and p q)) (stable half)": "(and (trans (sat p)) (trans (sat q)))",
  };
  for (const [term, normal] of Object.entries(vectors)) {
    assert.equal((await assay(["res", term])).stdout, `${normal}\n`);
  }
  assert.equal((await assay(["res", "--core", "(trans (sat (and p true)))"])).stdout, "(and (trans (sat p)) true)\n");
  assert.equal((await assay(["res", "-"], { input: "(sat (sat p))\n" })).stdout, "(sat p)\n");
});

test("a term is read in a fiber, by tables or by points", async (context) => {
  const cwd = folder(context);
  const asserted = Object.fromEntries(goldenGiven().rows);
  const text = JSON.stringify({ proposer: "t", reason: "t", assert: asserted }, (_, value) =>
    typeof value === "bigint" ? Number(value) : value,
  );
  write(cwd, { "golden.json": text });
  assert.equal((await assay(["init", "--db", "m.duckdb", "--theory", "machine"], { cwd })).code, 0);
  assert.equal((await assay(["propose", "--db", "m.duckdb", "golden.json"], { cwd })).code, 0);
  const read = async (at: string, term: string, ...more: string[]): Promise<Reading | string | undefined> => {
    const { envelope } = await assayJson<Reading>(["res", "--db", "m.duckdb", "--at", at, ...more, term], { cwd });
    return envelope.data ?? envelope.error?.code;
  };
  assert.deepEqual(await read("(a b)", "(sat (and mm true))"), {
    term: "(sat (and mm true))",
    normal: "(sat mm)",
    at: "(a b)",
    element: "1m",
    stable: false,
  });
  assert.deepEqual(await read("(a b)", "(stable p)", "--let", "p=1m").then((one) => typeof one === "object" && [one.element, one.stable]), [
    "11",
    true,
  ]);
  assert.equal(await read("(a b)(c)", "true"), "res.fiber");
  assert.equal(await read("(a)", "(and m q)"), "res.unbound");
  assert.equal(await read("(a)", "(and m"), "res.syntax");
  assert.equal(await read("(a)", "p", "--let", "p=9"), "usage.arguments");

  const pointed = {
    proposer: "t",
    reason: "t",
    assert: {
      step: [["c"]],
      hist: [["(a b)(c)"]],
      depth: [["(a b)(c)", 3]],
      lay: [
        ["(a b)(c)", 1, "a"],
        ["(a b)(c)", 1, "b"],
        ["(a b)(c)", 2, "c"],
      ],
    },
  };
  write(cwd, { "points.json": JSON.stringify({ ...pointed, assert: { ...pointed.assert, ext: [["(a b)", "c", "(a b)(c)"]] } }) });
  assert.equal((await assay(["propose", "--db", "m.duckdb", "points.json"], { cwd })).code, 0);
  assert.equal(await read("(a b)(c)", "true"), "res.fiber");
});

test("a fiber by its points reads alike", async (context) => {
  const cwd = folder(context);
  const assert_ = {
    hist: [["e"]],
    depth: [["e", 0]],
    point: [
      ["e", 0, 1],
      ["e", 1, 3],
    ],
    nuc_points: [["sigma", "e", 1]],
    down_set: [["e", "m", 1]],
  };
  write(cwd, { "points.json": JSON.stringify({ proposer: "t", reason: "t", assert: assert_ }) });
  await assay(["init", "--db", "m.duckdb", "--theory", "machine"], { cwd });
  assert.equal((await assay(["propose", "--db", "m.duckdb", "points.json"], { cwd })).code, 0);
  const { stdout } = await assay(["res", "--db", "m.duckdb", "--at", "e", "(sat m)"], { cwd });
  assert.equal(stdout, "(sat m)\n= 3 over e, stable\n");
});

test("a history without a fact base is told, and the normal form given", async () => {
  const ran = await assay(["res", "--at", "(a b)(c)", "(sat (and p q))"]);
  assert.equal(ran.code, 0);
  assert.equal(ran.stdout, "(and (sat p) (sat q))\n");
  assert.match(ran.stderr, /res\.fiber/);
  assert.equal((await assay(["res", "--db", "x.duckdb", "p"])).code, 3);
});
