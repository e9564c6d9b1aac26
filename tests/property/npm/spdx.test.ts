import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { licenceAlternatives } from "../../../ingest/npm/spdx.ts";

type Tree = string | { readonly op: "AND" | "OR"; readonly parts: readonly Tree[] };

const { tree } = fc.letrec<{ tree: Tree; node: Tree; leaf: Tree }>((tie) => ({
  leaf: fc.constantFrom("MIT", "ISC", "GPL-2.0-only", "Apache-2.0"),
  node: fc.record({ op: fc.constantFrom("AND" as const, "OR" as const), parts: fc.array(tie("tree"), { minLength: 2, maxLength: 3 }) }),
  tree: fc.oneof({ maxDepth: 3 }, tie("leaf"), tie("node")),
}));

const print = (of: Tree): string => (typeof of === "string" ? of : `(${of.parts.map(print).join(` ${of.op} `)})`);

function holds(of: Tree, accepted: ReadonlySet<string>): boolean {
  if (typeof of === "string") return accepted.has(of);
  return of.op === "AND" ? of.parts.every((part) => holds(part, accepted)) : of.parts.some((part) => holds(part, accepted));
}

test("whoever accepts an alternative may use what is under the expression, and nobody else", () => {
  fc.assert(
    fc.property(tree, fc.subarray(["MIT", "ISC", "GPL-2.0-only", "Apache-2.0"]), (expression, ids) => {
      const alternatives = licenceAlternatives(print(expression));
      if (alternatives === null) return;
      const accepted = new Set(ids);
      const byAlternatives = alternatives.some((all) => all.every((id) => accepted.has(id)));
      assert.equal(byAlternatives, holds(expression, accepted));
    }),
  );
});

test("any text is read or refused", () => {
  fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => Array.isArray(licenceAlternatives(text) ?? [])));
});
