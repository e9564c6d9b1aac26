import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { ProposedDelta } from "../../schema/delta.ts";
import { rowText } from "../../schema/delta_id.ts";
import type { Row } from "../../schema/value.ts";
import type { Verdict } from "../../schema/verdict.ts";
import type { FactBase } from "../../verify/fact_base.ts";
import { proposal, theoryFrom, withBase } from "../support/fact_bases.ts";
import { keepRegression, regressions } from "../support/regressions.ts";

/** Each refusal shows facts of the base: the other holder of a key, the item of a box that goes. */
const PROGRAM = `
/// @key(n)
.decl box(n:number, color:symbol)
.input box
.decl item(box:number)
.input item
/// @law m.boxed error "{n}"
.decl lost(n:number)
lost(n) :- item(n), !box(n, _).
`;

interface Change {
  readonly relation: "box" | "item";
  readonly row: readonly [number, "r" | "b"];
  readonly isAssert: boolean;
  readonly place: number | null;
}
/** A group of deltas of one change each, or null for a read, which has the journal moved. */
type Step = readonly Change[] | null;

const change: fc.Arbitrary<Change> = fc.record({
  relation: fc.constantFrom("box" as const, "item" as const),
  row: fc.tuple(fc.integer({ min: 0, max: 2 }), fc.constantFrom("r" as const, "b" as const)),
  isAssert: fc.boolean(),
  place: fc.option(fc.integer({ min: 0, max: 9 })),
});
const steps: fc.Arbitrary<Step[]> = fc.array(fc.option(fc.array(change, { minLength: 1, maxLength: 6 }), { freq: 4 }), {
  minLength: 4,
  maxLength: 14,
});

function deltaOf({ relation, row: [n, color], isAssert, place }: Change, reason: string): ProposedDelta {
  const row: Row = relation === "box" ? [BigInt(n), color] : [BigInt(n)];
  const side = { [relation]: [row] };
  const places = new Map(isAssert && place !== null ? [[relation, [`p${place}`]]] : []);
  return { ...proposal({ ...(isAssert ? { assert: side } : { retract: side }), reason }), places };
}

/** The facts behind each violation with their places, in an order that is not the engine's. */
function said({ verdict, violations }: Verdict): unknown[] {
  const shown = violations.map(({ law, place, facts }) => [
    law,
    place,
    facts.map((fact) => `${fact.relation} ${rowText(fact.row)} ${fact.from} ${fact.place}`).toSorted(),
  ]);
  return [verdict, shown];
}

async function answers(base: FactBase, run: readonly Step[]): Promise<unknown[]> {
  const found: unknown[] = [];
  for (const [at, step] of run.entries()) {
    if (step === null) await base.log();
    else found.push(...(await Promise.all(step.map((one, index) => base.propose(deltaOf(one, `${at}.${index}`))))).map(said));
  }
  return found;
}

async function check(run: readonly Step[]): Promise<void> {
  const theories = [theoryFrom(PROGRAM, "m")];
  const [inMemory, inTables] = [[], []] as [unknown[], unknown[]];
  await withBase(theories, async (base) => void inMemory.push(...(await answers(base, run))), {}, ["incremental"]);
  await withBase(theories, async (base) => void inTables.push(...(await answers(base, run))), {}, ["duckdb"]);
  assert.deepEqual(inMemory, inTables);
}

for (const { name, input } of regressions("late_places")) {
  test(`places behind refusals, ${name}`, () => check(JSON.parse(input) as Step[]));
}

test("places behind refusals are those that the tables tell, whatever waits in the journal", async () => {
  const property = fc.asyncProperty(steps, check);
  const found = await fc.check(property, { numRuns: 6, endOnFailure: false });
  if (!found.failed) return;
  const file = keepRegression("late_places", JSON.stringify(found.counterexample?.[0]));
  assert.fail(`${file}, seed ${found.seed}: ${found.errorInstance}`);
});
