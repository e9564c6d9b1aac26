import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import pl from "nodejs-polars";
import { type Edge, GrowingMachine } from "../../../../compute/dynamics/growing_machine.ts";
import { counitFailures, newlySettled } from "../../../../compute/dynamics/stepping.ts";
import { Poset } from "../../../../compute/fibers/poset.ts";
import { isMorphism } from "../../../../compute/fibers/restriction.ts";
import { AssayError } from "../../../../schema/assay_error.ts";
import { antichain, chain, posetsUpTo } from "../../../support/posets.ts";

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

test("the counit: a step forward and back is where one was", () => {
  const ext = frame(["t", "s", "u"], [["e", "a", "(a)"]]);
  const res = frame(
    ["f", "u", "t", "x", "y"],
    [
      ["f", "(a)", "e", "0", "0"],
      ["f", "(a)", "e", "m", "1"],
      ["f", "(a)", "e", "1", "1"],
    ],
  );
  const gam = (rows: readonly (readonly string[])[]) => frame(["f", "s", "t", "x", "y"], rows);
  const lawful = gam([
    ["f", "a", "e", "0", "0"],
    ["f", "a", "e", "1", "1"],
  ]);
  assert.equal(counitFailures({ gam: lawful, res, ext }).collectSync().height, 0);
  const wrong = gam([
    ["f", "a", "e", "0", "m"],
    ["f", "a", "e", "1", "gone"],
  ]);
  assert.deepEqual(counitFailures({ gam: wrong, res, ext }).collectSync().sort("x").rows(), [
    ["f", "a", "e", "0", "1"],
    ["f", "a", "e", "1", null],
  ]);
});

test("newly settled is what is settled after an edge and was not carried there settled", () => {
  const hstar = frame(
    ["t", "x"],
    [
      ["e", "0"],
      ["e", "1"],
      ["(a)", "0"],
      ["(a)", "m"],
      ["(a)", "1"],
    ],
  );
  const carry = frame(
    ["t", "u", "x", "y"],
    [
      ["e", "(a)", "0", "0"],
      ["e", "(a)", "1", "1"],
    ],
  );
  assert.deepEqual(newlySettled({ hstar, carry }).collectSync().rows(), [["e", "(a)", "m"]]);
});

test("the golden machine in derived mode (V16)", () => {
  const machine = new GrowingMachine();
  machine.addHistory("e", chain(2));
  assert.deepEqual(machine.settledOver("e"), [0, 1, 3]);
  for (const history of ["(a)", "(b)", "(a b)"]) machine.addHistory(history, chain(1));
  const change = machine.addEdge({ from: "e", to: "(a)", map: [0, 0], isPerpendicular: true });
  assert.deepEqual([...change.unsettled], [["e", [1]]]);
  assert.deepEqual(change.recomputed, ["e", "(a)"]);
  machine.addEdge({ from: "e", to: "(b)", map: [0, 0], isPerpendicular: true });
  machine.addEdge({ from: "(a)", to: "(a b)", map: [0], isPerpendicular: true });
  machine.addEdge({ from: "(b)", to: "(a b)", map: [0], isPerpendicular: true });
  assert.deepEqual(machine.settledOver("e"), [0, 3]);
  for (const history of ["(a)", "(b)", "(a b)"]) assert.deepEqual(machine.settledOver(history), [0, 1]);
});

test("a transfer that is no nucleus is told (C1)", () => {
  const machine = new GrowingMachine();
  machine.addHistory("e", antichain(2));
  machine.addHistory("(a)", chain(1));
  const change = machine.addEdge({ from: "e", to: "(a)", map: [0, 0], isPerpendicular: true });
  assert.ok(change.broken.has("e"));
});

test("growing edge by edge ends where starting anew does, whatever the order, and tells each change", () => {
  const shapes = posetsUpTo(3).filter(({ size }) => size > 0);
  const machineArb = fc.record({
    fibers: fc.array(fc.nat(shapes.length - 1), { minLength: 2, maxLength: 4 }),
    picks: fc.array(fc.nat(), { maxLength: 6 }),
  });
  fc.assert(
    fc.property(machineArb, fc.array(fc.nat(), { minLength: 6, maxLength: 6 }), ({ fibers, picks }, order) => {
      const posets = fibers.map((index) => shapes[index] ?? new Poset([]));
      const edges = picks.flatMap((pick): Edge[] => {
        const [from, to] = [pick % posets.length, (pick >> 4) % posets.length];
        const [lower, upper] = [posets[Math.min(from, to)], posets[Math.max(from, to)]];
        if (lower === undefined || upper === undefined || from === to) return [];
        const maps = lower.down.reduce<number[][]>((found) => found.flatMap((map) => upper.down.map((_, q) => [...map, q])), [[]]);
        const fitting = maps.filter((map) => isMorphism(lower, upper, map));
        const map = fitting[(pick >> 8) % Math.max(1, fitting.length)];
        return map === undefined
          ? []
          : [{ from: `h${Math.min(from, to)}`, to: `h${Math.max(from, to)}`, map, isPerpendicular: pick % 3 > 0 }];
      });
      const grow = (all: readonly Edge[]) => {
        const machine = new GrowingMachine();
        const settled = new Map(
          posets.map((poset, index) => [`h${index}`, new Set(machine.addHistory(`h${index}`, poset).settled.get(`h${index}`))]),
        );
        for (const edge of all) {
          const change = machine.addEdge(edge);
          for (const [history, elements] of change.settled) for (const one of elements) settled.get(history)?.add(one);
          for (const [history, elements] of change.unsettled) for (const one of elements) settled.get(history)?.delete(one);
        }
        for (const [history, told] of settled)
          assert.deepEqual(
            [...told].toSorted((a, b) => a - b),
            machine.settledOver(history),
          );
        return posets.map((_, index) => machine.settledOver(`h${index}`));
      };
      const shuffled = edges.map((edge, at) => [order[at] ?? 0, edge] as const).toSorted(([a], [b]) => a - b);
      assert.deepEqual(grow(edges), grow(shuffled.map(([, edge]) => edge)));
    }),
    { numRuns: 300 },
  );
});

test("refused: a history twice, an edge to nowhere", () => {
  const machine = new GrowingMachine();
  machine.addHistory("e", chain(1));
  const isCode = (error: unknown) => error instanceof AssayError && error.code === "machine.history";
  assert.throws(() => machine.addHistory("e", chain(1)), isCode);
  assert.throws(() => machine.addEdge({ from: "e", to: "(a)", map: [0], isPerpendicular: false }), isCode);
});
