import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import pl from "nodejs-polars";
import { concurrentAct } from "../../../../compute/gluing/concurrent_act.ts";
import { diamonds, type MachineFrames } from "../../../../compute/gluing/diamonds.ts";
import { type AccordFrames, glue } from "../../../../compute/gluing/families.ts";
import { globalSections } from "../../../../compute/gluing/global_sections.ts";

function frame(columns: readonly string[], rows: readonly (readonly string[])[]): pl.LazyDataFrame {
  return pl
    .DataFrame(
      Object.fromEntries(
        columns.map((name, at) => [
          name,
          pl.Series(
            name,
            rows.map((row) => row[at] ?? ""),
            pl.Utf8,
          ),
        ]),
      ),
    )
    .lazy();
}

const machine: MachineFrames = {
  ext: frame(
    ["t", "s", "u"],
    [
      ["e", "a", "(a)"],
      ["e", "b", "(b)"],
      ["(a)", "b", "(a b)"],
      ["(b)", "a", "(a b)"],
    ],
  ),
  ind: frame(
    ["a", "b"],
    [
      ["a", "b"],
      ["b", "a"],
    ],
  ),
};

type Restriction = readonly [u: string, t: string, x: string, y: string];

function accord(res: readonly Restriction[]): AccordFrames {
  return {
    ...machine,
    res: frame(
      ["f", "u", "t", "x", "y"],
      res.map((row) => ["f", ...row]),
    ),
  };
}

/** One point over e, two values over either side; over the corner `pairs`, by name and by the values on both sides. */
function overCorner(pairs: readonly (readonly [name: string, x: string, y: string])[]): AccordFrames {
  const sides = ["0", "1"].flatMap((x): Restriction[] => [
    ["(a)", "e", x, "*"],
    ["(b)", "e", x, "*"],
  ]);
  return accord([
    ...sides,
    ...pairs.flatMap(([name, x, y]): Restriction[] => [
      ["(a b)", "(a)", name, x],
      ["(a b)", "(b)", name, y],
    ]),
  ]);
}

const product = ["0", "1"].flatMap((x) => ["0", "1"].map((y) => [`${x}${y}`, x, y] as const));

test("the one diamond of two independent steps", () => {
  assert.deepEqual(diamonds(machine).collectSync().rows(), [["e", "(a)", "(b)", "(a b)"]]);
  assert.equal(diamonds({ ...machine, ind: frame(["a", "b"], []) }).collectSync().height, 0);
});

test("sheaf failures are named (V18)", () => {
  const diagonal = glue(
    overCorner([
      ["00", "0", "0"],
      ["11", "1", "1"],
    ]),
  );
  assert.deepEqual(diagonal.missing.select("x", "y").sort("x").rows(), [
    ["0", "1"],
    ["1", "0"],
  ]);
  assert.equal(diagonal.double.height, 0);
  const copied = glue(overCorner([...product, ["00'", "0", "0"]]));
  assert.equal(copied.missing.height, 0);
  assert.deepEqual(copied.double.select("x", "y", "first", "second").rows(), [["0", "0", "00", "00'"]]);
  const whole = glue(overCorner(product));
  assert.equal(whole.missing.height + whole.double.height, 0);
  const constant = glue(
    accord(
      ["0", "1"].flatMap((x): Restriction[] => [
        ["(a)", "e", x, x],
        ["(b)", "e", x, x],
        ["(a b)", "(a)", x, x],
        ["(a b)", "(b)", x, x],
      ]),
    ),
  );
  assert.equal(constant.families.height, 2);
  assert.equal(constant.missing.height + constant.double.height, 0);
});

test("the concurrent act is the section over the corner, either way round, and null where two sections differ below", () => {
  const whole = overCorner(product);
  const pair = { f: "f", v: "(a)", w: "(b)", x: "0", y: "1" };
  assert.deepEqual(concurrentAct(whole, pair), { u: "(a b)", section: "01" });
  assert.deepEqual(concurrentAct(whole, { f: "f", v: "(b)", w: "(a)", x: "1", y: "0" }), { u: "(a b)", section: "01" });
  assert.equal(concurrentAct(overCorner([["00", "0", "0"]]), pair), null);
});

test("families, gluings and what is wrong with them, against the definition", () => {
  const pairs = fc.array(fc.tuple(fc.nat(2), fc.nat(2)), { maxLength: 6 });
  const below = fc.array(fc.nat(1), { minLength: 6, maxLength: 6 });
  fc.assert(
    fc.property(pairs, below, (chosen, values) => {
      const over = (side: number, x: number) => values[side * 3 + x] ?? 0;
      const sides = [0, 1, 2].flatMap((x): Restriction[] => [
        ["(a)", "e", `${x}`, `${over(0, x)}`],
        ["(b)", "e", `${x}`, `${over(1, x)}`],
      ]);
      const lawful = chosen.filter(([x, y]) => over(0, x) === over(1, y));
      const corner = lawful.flatMap(([x, y], at): Restriction[] => [
        ["(a b)", "(a)", `g${at}`, `${x}`],
        ["(a b)", "(b)", `g${at}`, `${y}`],
      ]);
      const made = glue(accord([...sides, ...corner]));
      const cells = [0, 1, 2].flatMap((x) => [0, 1, 2].map((y) => [x, y] as const));
      const matching = cells.filter(([x, y]) => over(0, x) === over(1, y));
      const count = (x: number, y: number) => lawful.filter(([p, q]) => p === x && q === y).length;
      assert.equal(made.families.height, matching.length);
      assert.equal(made.amalgamations.height, lawful.length);
      assert.equal(made.missing.height, matching.filter(([x, y]) => count(x, y) === 0).length);
      const doubles = matching.reduce((sum, [x, y]) => sum + (count(x, y) * (count(x, y) - 1)) / 2, 0);
      assert.equal(made.double.height, doubles);
    }),
    { numRuns: 30 },
  );
});

test("global sections: one over each maximal history, agreeing below; with a top, the sections over it", () => {
  const sections = (rows: readonly (readonly [string, string])[]) => frame(["t", "x"], rows);
  const restrict = (rows: readonly Restriction[]) => frame(["u", "t", "x", "y"], rows);
  const open = globalSections({
    section: sections([
      ["e", "p"],
      ["e", "q"],
      ["(a)", "1"],
      ["(a)", "2"],
      ["(b)", "3"],
      ["(b)", "4"],
    ]),
    res: restrict([
      ["(a)", "e", "1", "p"],
      ["(a)", "e", "2", "q"],
      ["(b)", "e", "3", "p"],
      ["(b)", "e", "4", "p"],
    ]),
  });
  assert.deepEqual(open.columns, ["(a)", "(b)"]);
  assert.deepEqual(open.sort(["(a)", "(b)"]).rows(), [
    ["1", "3"],
    ["1", "4"],
  ]);
  const corner = product.flatMap(([name, x, y]): Restriction[] => [
    ["(a b)", "(a)", name, x],
    ["(a b)", "(b)", name, y],
  ]);
  const closed = globalSections({
    section: sections([
      ["e", "*"],
      ...["0", "1"].flatMap(
        (x) =>
          [
            ["(a)", x],
            ["(b)", x],
          ] as const,
      ),
      ...product.map(([name]) => ["(a b)", name] as const),
    ]),
    res: restrict([
      ...["0", "1"].flatMap((x): Restriction[] => [
        ["(a)", "e", x, "*"],
        ["(b)", "e", x, "*"],
      ]),
      ...corner,
    ]),
  });
  assert.equal(closed.height, 4);
});
