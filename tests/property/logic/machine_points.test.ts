import assert from "node:assert/strict";
import { test } from "node:test";
import { asOne, copyOf } from "../../support/machine_copies.ts";
import type { MachineFacts } from "../../support/machine_facts.ts";
import { byPoints, byTables, type PointedMachine, randomPointedMachine } from "../../support/pointed_machine.ts";
import { seededChoices } from "../../support/seeded.ts";
import { type Found, TheoryOver } from "../../support/theory_over.ts";

/**
 * The laws on points against the laws on elements: the same machines, at random, in both forms, are found to break the same laws at the
 * same histories and edges.
 */
const theory = await TheoryOver.open("machine");
const SEED = Number(process.env["MACHINE_SEED"] ?? 1);
const MACHINES = Number(process.env["MACHINE_RUNS"] ?? 120);

/** What both forms speak of, and where: the laws of the tables' form by those of the points'. */
const SAME: Readonly<Record<string, readonly [aspect: string, ...places: string[]]>> = {
  "machine.point_morphism": ["homomorphism", "u", "t"],
  "machine.rho_meet": ["homomorphism", "u", "t"],
  "machine.rho_join": ["homomorphism", "u", "t"],
  "machine.rho_impl": ["homomorphism", "u", "t"],
  "machine.rho_top": ["homomorphism", "u", "t"],
  "machine.rho_bot": ["homomorphism", "u", "t"],
  "machine.point_functor": ["functorial", "u"],
  "machine.rho_functor": ["functorial", "u"],
  "machine.point_nat": ["natural", "k", "u", "t"],
  "machine.rho_nat": ["natural", "k", "u", "t"],
  "machine.point_commute": ["commuting", "t"],
  "machine.nuc_commute": ["commuting", "t"],
  "machine.point_glue_exist": ["glued", "u"],
  "machine.glue_exist": ["glued", "u"],
  "machine.point_glue_unique": ["glued once", "u"],
  "machine.glue_unique": ["glued once", "u"],
};
/** The same of the mode `derived`, where restrictions are homomorphisms. */
const SAME_DERIVED: Readonly<Record<string, readonly [aspect: string, ...places: string[]]>> = {
  ...SAME,
  "machine.sigma_profile": ["saturation", "u"],
  "machine.sigma_max": ["saturation", "u"],
  "machine.sigma_root": ["saturation", "t"],
  "machine.point_sigma": ["saturation", "t"],
  "machine.delta_in": ["transfer outside", "t"],
  "machine.point_delta_in": ["transfer outside", "t"],
  "machine.delta_min": ["transfer too large", "t"],
  "machine.point_delta_min": ["transfer too large", "t"],
  "machine.delta_expideal": ["no ideal", "t"],
  "machine.point_delta_expideal": ["no ideal", "t"],
  "machine.friction": ["friction", "k", "u", "t"],
  "machine.point_friction": ["friction", "k", "u", "t"],
};
const ABOUT_THE_WHOLE = ["machine.root", "machine.foata_pk"];

async function aspects(
  form: (machine: PointedMachine) => ReturnType<typeof byPoints>,
  machines: readonly PointedMachine[],
  same = SAME,
): Promise<string[][]> {
  const found = (await theory.violations(asOne(machines.map(form)))).filter(({ law }) => !ABOUT_THE_WHOLE.includes(law));
  const sets = machines.map(() => new Set<string>());
  for (const one of found) sets[copyOf(one)]?.add(aspectOf(one, same));
  return sets.map((set) => [...set].toSorted());
}

function aspectOf({ law, witness }: Found, same: typeof SAME): string {
  const [aspect, ...places] = same[law] ?? [law];
  return [aspect, ...places.map((place) => String(witness[place]).replace(/^\d+:/, ""))].join(" ");
}

test(`fibers by points and by tables break the same laws (seed ${SEED})`, async () => {
  const machines = Array.from({ length: MACHINES }, (_, index) => randomPointedMachine(seededChoices(SEED * 10_000 + index, 60)));
  const [points, tables] = [await aspects(byPoints, machines), await aspects(byTables, machines)];
  machines.forEach((machine, index) => {
    const shown = JSON.stringify({ posets: [...machine.posets], maps: [...machine.maps], nuclei: [...machine.nuclei] });
    assert.deepEqual(points[index], tables[index], `seed ${SEED * 10_000 + index}: ${shown}`);
  });
  const seen = new Set(points.flat().map((aspect) => aspect.split(" ")[0]));
  for (const aspect of ["homomorphism", "functorial", "natural", "commuting", "glued"])
    assert.ok(seen.has(aspect), `no machine was not ${aspect}`);
  assert.ok(
    points.some((broken) => broken.length === 0),
    "every machine was broken",
  );
});

test(`fibers by points and by tables break the same laws in the mode derived (seed ${SEED})`, async () => {
  const machines = Array.from({ length: MACHINES }, (_, index) => randomPointedMachine(seededChoices(SEED * 20_000 + index, 60)));
  const derived =
    (form: (machine: PointedMachine) => MachineFacts) =>
    (machine: PointedMachine): MachineFacts =>
      form(machine).add("mode", ["derived"]);
  const points = await aspects(derived(byPoints), machines, SAME_DERIVED);
  const tables = await aspects(derived(byTables), machines, SAME_DERIVED);
  const kept = machines.map((_, index) => index).filter((index) => points[index]?.every((aspect) => !aspect.startsWith("homomorphism")));
  for (const index of kept) assert.deepEqual(points[index], tables[index], `seed ${SEED * 20_000 + index}`);
  const seen = kept.flatMap((index) => points[index] ?? []);
  for (const aspect of ["saturation", "transfer outside", "transfer too large", "no ideal", "friction"])
    assert.ok(
      seen.some((one) => one.startsWith(aspect)),
      `no machine broke ${aspect}`,
    );
});

test("the tables that follow from points are those of the tables' form", async () => {
  const machines = Array.from({ length: 20 }, (_, index) => randomPointedMachine(seededChoices(SEED * 77 + index, 60)));
  for (const [derived, given] of [
    ["fiber_meet", "meet"],
    ["fiber_impl", "impl"],
    ["fiber_nuc", "nuc"],
    ["fiber_rho", "rho"],
  ] as const) {
    const rows = await theory.derived(asOne(machines.map(byPoints)), derived);
    const expected = (asOne(machines.map(byTables)).get(given) ?? []).map((row) => row.join(" ")).toSorted();
    assert.deepEqual(rows, expected, derived);
  }
});
