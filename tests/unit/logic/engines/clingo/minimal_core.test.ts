import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { minimalCore } from "../../../../../logic/engines/clingo/minimal_core.ts";

const numbers = Array.from({ length: 40 }, (_unused, index) => index);

test("a core still clashes, and nothing can be left out of it", async () => {
  const cores = fc.uniqueArray(fc.uniqueArray(fc.integer({ min: 0, max: 39 }), { minLength: 1, maxLength: 4 }), {
    minLength: 1,
    maxLength: 3,
  });
  await fc.assert(
    fc.asyncProperty(cores, async (clashing) => {
      const clashes = async (part: readonly number[]): Promise<boolean> => clashing.some((core) => core.every((one) => part.includes(one)));
      const core = await minimalCore(numbers, clashes, { left: 1_000 });
      assert.ok(await clashes(core));
      for (const left of core) assert.ok(!(await clashes(core.filter((one) => one !== left))));
    }),
  );
});

test("few questions find a small core among many items, and the bound on them holds", async () => {
  const budget = { left: 200 };
  const many = Array.from({ length: 1_000 }, (_unused, index) => index);
  let asked = 0;
  const clashes = async (part: readonly number[]): Promise<boolean> => {
    asked++;
    return part.includes(17) && part.includes(830);
  };
  assert.deepEqual(await minimalCore(many, clashes, budget), [17, 830]);
  assert.ok(asked < 60, `${asked}`);
  const tight = { left: 3 };
  const cut = await minimalCore(many, clashes, tight);
  assert.ok(cut.includes(17) && cut.includes(830) && tight.left <= 0);
});

test("a clash that leaving items out would make is not taken for one of what is left", async () => {
  const clashes = async (part: readonly number[]): Promise<boolean> => part.length === 0 || part.includes(5);
  const core = await minimalCore(numbers, clashes, { left: 1_000 });
  assert.ok(await clashes(core));
});
