import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { stronglyConnected } from "../../../../logic/language/components.ts";
import { programOf } from "../../../support/compile_dl.ts";

function strata(text: string): string[] {
  return programOf(text).strata.map((stratum) => stratum.relations.join("+") + (stratum.recursive ? "*" : ""));
}

describe("strata", () => {
  it("puts dependencies first and mutual recursion together", () => {
    const text = [
      ".decl top(x:number)",
      ".decl b(x:number)",
      ".input b",
      ".decl even(x:number)",
      ".decl odd(x:number)",
      ".decl loop(x:number)",
      "top(x) :- even(x), !loop(x).",
      "even(x) :- b(x) ; odd(x), x < 9.",
      "odd(x) :- even(x).",
      "loop(x) :- b(x) ; loop(x), b(x).",
    ].join("\n");
    assert.deepEqual(strata(text), ["even+odd*", "loop*", "top"]);
  });

  it("follows uses inside aggregates", () => {
    assert.deepEqual(strata(".decl p(n:number)\n.decl q(n:number)\np(n) :- n = count : { q(_) }.\nq(1)."), ["q", "p"]);
  });

  it("holds every derived relation once, with or without rules", () => {
    assert.deepEqual(strata(".decl p(n:number)\n.decl q(n:number)\nq(x) :- p(x)."), ["p", "q"]);
  });
});

describe("strongly connected components", () => {
  it("survives a chain and a circle of 200,000 nodes", () => {
    const nodes = Array.from({ length: 200_000 }, (_, index) => `${index}`);
    const chain = stronglyConnected(nodes, (node) => (Number(node) + 1 < nodes.length ? [`${Number(node) + 1}`] : []));
    assert.equal(chain.length, nodes.length);
    assert.deepEqual([chain[0], chain.at(-1)], [["199999"], ["0"]]);
    const circle = stronglyConnected(nodes, (node) => [`${(Number(node) + 1) % nodes.length}`]);
    assert.equal(circle.length, 1);
    assert.equal(circle[0]?.length, nodes.length);
  });

  it("separates components joined one way", () => {
    const graph: Record<string, string[]> = { a: ["b"], b: ["a", "c"], c: ["d"], d: ["c"], e: ["a", "e"] };
    const found = stronglyConnected(Object.keys(graph), (node) => graph[node] ?? []);
    assert.deepEqual(
      found.map((component) => component.toSorted().join("")),
      ["cd", "ab", "e"],
    );
  });
});
