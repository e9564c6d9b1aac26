import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { locate, outwardOf } from "../../../ingest/npm/lock_path.ts";
import type { Row } from "../../../schema/value.ts";
import { flagsByUnsetting, type PlainTree, resolveByPaths } from "../../support/npm_oracle.ts";
import { TheoryOver } from "../../support/theory_over.ts";

const NAMES = ["a", "b", "@s/c", "d"];
const theory = await TheoryOver.open("npm");

/** Trees of up to three levels, in which a folder on the way may be missing, as it is while an entry is retracted. */
const trees: fc.Arbitrary<PlainTree> = fc
  .uniqueArray(fc.array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 3 }), { maxLength: 9, selector: (names) => names.join("/") })
  .map((branches) => branches.map((names) => names.map((name) => `node_modules/${name}`).join("/")))
  .chain((paths) => {
    const kind = fc.constantFrom("prod", "dev", "optional", "peer", "peer_optional");
    const edge = fc.record({ from: fc.constantFrom("", ...paths), name: fc.constantFrom(...NAMES), kind });
    const edges = fc.uniqueArray(edge, { maxLength: 16, selector: ({ from, name }) => `${from}>${name}` });
    return edges.map((list) => ({ paths, edges: list }));
  });

function factsOf(tree: PlainTree): Map<string, Row[]> {
  const facts = new Map<string, Row[]>([
    ["package", [["", "app", "1.0.0"], ...tree.paths.map((path) => [path, locate(path)?.slot ?? "", "1.0.0"])]],
    ["located", tree.paths.map((path) => [path, locate(path)?.directory ?? "", locate(path)?.slot ?? ""])],
    ["depends", tree.edges.map(({ from, name, kind }) => [from, name, "*", kind])],
  ]);
  const outward = new Map<string, string>();
  for (const path of tree.paths) {
    for (let at = path, next = outwardOf(at); next !== null; at = next, next = outwardOf(at)) outward.set(at, next);
  }
  return facts.set("outward", [...outward]);
}

test("the theory finds what Node would find", async () => {
  await fc.assert(
    fc.asyncProperty(trees, async (tree) => {
      const expected = tree.edges.flatMap(({ from, name }) => {
        const found = resolveByPaths(tree, from, name);
        return found === null ? [] : [`${from} ${name} ${found}`];
      });
      assert.deepEqual(await theory.derived(factsOf(tree), "resolves"), expected.toSorted());
    }),
    { numRuns: 40 },
  );
});

test("the theory gives the flags that npm gives", async () => {
  await fc.assert(
    fc.asyncProperty(trees, async (tree) => {
      const expected = [...flagsByUnsetting(tree)].flatMap(([path, flags]) => {
        if (flags.has("extraneous")) return [];
        const due = [...flags].filter((flag) => flag !== "devOptional" || !(flags.has("dev") || flags.has("optional")));
        return due.map((flag) => `${path} ${flag}`);
      });
      assert.deepEqual(await theory.derived(factsOf(tree), "due"), expected.toSorted());
    }),
    { numRuns: 40 },
  );
});
