import assert from "node:assert/strict";
import { test } from "node:test";
import type { Row } from "../../../schema/value.ts";
import { lawsByCopy } from "../../support/machine_copies.ts";
import { chain, goldenGiven, MachineFacts, product, square } from "../../support/machine_facts.ts";
import { TheoryOver } from "../../support/theory_over.ts";

/**
 * Every single cell of lawful fixtures is changed to every other value, and taken away: all of it must be refused. All mutants of a
 * fixture are judged in one run, each a copy of its own.
 */
const theory = await TheoryOver.open("machine");
const ABOUT_THE_WHOLE = ["machine.foata_pk", "machine.root"];

interface Mutant {
  readonly facts: MachineFacts;
  readonly what: string;
}

function clone(facts: MachineFacts): MachineFacts {
  const copy = new MachineFacts();
  for (const [relation, rows] of facts.rows) copy.add(relation, ...rows);
  return copy;
}

/** The values that the last place of a fact could have. */
function alternatives(facts: MachineFacts, relation: string, row: Row): readonly (Row[number] | number)[] {
  const own = row.at(-1);
  const at = relation === "rho" || relation === "nuc" ? row[1] : row[0];
  const elements = (facts.rows.get("elem") ?? []).filter(([t]) => t === at).map(([, x]) => x ?? "");
  const candidates: readonly (Row[number] | number)[] =
    {
      lay: ["a", "b"],
      depth: [0n, 1n, 2n, 3n],
      ext: ["e", "(a)", "(b)", "(a b)"],
    }[relation] ?? elements;
  return candidates.filter((value) => value !== own);
}

function mutants(fixture: MachineFacts, relations: readonly string[]): Mutant[] {
  return relations.flatMap((relation) =>
    (fixture.rows.get(relation) ?? []).flatMap((row) => {
      const without = (): MachineFacts => clone(fixture).drop(relation, (one) => one.every((value, place) => value === row[place]));
      const changed = alternatives(fixture, relation, row).map((value) => ({
        facts: without().add(relation, [...row.slice(0, -1), value]),
        what: `${relation}(${row.join(", ")}) to ${value}`,
      }));
      return [...changed, { facts: without(), what: `${relation}(${row.join(", ")}) taken away` }];
    }),
  );
}

async function assertAllRefused(fixture: MachineFacts, relations: readonly string[], ignored: readonly string[]): Promise<number> {
  const made = mutants(fixture, relations);
  const [lawful, ...broken] = await lawsByCopy(theory, [fixture, ...made.map(({ facts }) => facts)], ignored);
  assert.deepEqual(lawful, []);
  assert.deepEqual(
    made.filter((_, index) => broken[index]?.length === 0).map(({ what }) => what),
    [],
  );
  return made.length;
}

const TABLES = ["elem", "meet", "join", "impl", "top", "bot", "nuc", "rho"];

test("every cell of the golden machine that is changed or taken away is refused", async () => {
  const fixture = goldenGiven();
  for (const relation of ["depth", "lay"]) fixture.drop(relation, () => true);
  assert.ok((await assertAllRefused(fixture, TABLES, [...ABOUT_THE_WHOLE, "machine.depth_given"])) > 600);
});

test("every cell of a lone fiber's tables is held", async () => {
  const two = chain("0", "1");
  for (const order of [chain("0", "l", "m", "1"), product(["000", "001", "011", "101", "111"], [two, two, two])]) {
    const fixture = new MachineFacts().add("hist", ["e"]).fiber("e", order);
    assert.ok(
      (await assertAllRefused(fixture, ["elem", "meet", "join", "impl", "top", "bot"], [...ABOUT_THE_WHOLE, "machine.depth_given"])) > 150,
    );
  }
});

test("every value of a closure operator that is changed is refused, where what comes out is no nucleus", async () => {
  const order = chain("0", "l", "m", "1");
  const made = mutants(new MachineFacts().add("hist", ["e"]).fiber("e", order).nucleus("sigma", "e", order), ["nuc"]);
  const laws = await lawsByCopy(
    theory,
    made.map(({ facts }) => facts),
    [...ABOUT_THE_WHOLE, "machine.depth_given"],
  );
  // Of the identity on a chain, one element may move to the next: that is a nucleus again.
  const lawful = made.filter((_, index) => laws[index]?.length === 0).map(({ what }) => what);
  assert.deepEqual(lawful, ["nuc(sigma, e, 0, 0) to l", "nuc(sigma, e, l, l) to m", "nuc(sigma, e, m, m) to 1"]);
});

test("every fact of the histories of two independent steps is held", async () => {
  assert.ok((await assertAllRefused(square(), ["depth", "lay", "ext"], ABOUT_THE_WHOLE)) > 25);
});
