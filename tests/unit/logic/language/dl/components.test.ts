import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type DuckDbSession, openMemory } from "../../../../../verify/store/duckdb_session.ts";
import { deriveDl } from "../../../../support/derive_dl.ts";

let session: DuckDbSession;
before(async () => {
  session = await openMemory({ threads: "1" });
});
after(() => session.close());

const derive = (text: string, relation: string) => deriveDl(session, text, relation);

const GRAPH = `.comp Graph<N> {
  .decl edge(a:N, b:N)
  .decl path(a:N, b:N) overridable
  path(a, b) :- edge(a, b).
  path(a, c) :- path(a, b), edge(b, c).
}
`;

test("each instance has relations of its own, under its name", async () => {
  const text = `${GRAPH}.init g = Graph<number>\n.init h = Graph<symbol>\ng.edge(1, 2). g.edge(2, 3).\nh.edge("x", "y").`;
  assert.deepEqual(await derive(text, "g.path"), ["1 2", "1 3", "2 3"]);
  assert.deepEqual(await derive(text, "h.path"), ["x y"]);
});

test("a component inherits, and an override leaves the base's rules out", async () => {
  const text = `${GRAPH}.comp Short<M> : Graph<M> {\n  .override path\n  path(b, a) :- edge(a, b).\n}\n.init s = Short<number>\ns.edge(1, 2). s.edge(2, 3).`;
  assert.deepEqual(await derive(text, "s.path"), ["2 1", "3 2"]);
});

test("instances nest, rules reach into them, and types are the instance's", async () => {
  const text = `.comp Inner { .type T <: number\n .decl r(x:T)\n r(1). }
.comp Outer<C> { .init in = C\n .decl all(x:in.T)\n all(x) :- in.r(x).\n in.r(2). }
.init o = Outer<Inner>`;
  assert.deepEqual(await derive(text, "o.all"), ["1", "2"]);
});

test("a rule of a component for a relation outside of it belongs there", async () => {
  const text = ".decl log(x:number)\n.comp Logs { .decl r(x:number)\n r(5).\n log(x) :- r(x). }\n.init a = Logs";
  assert.deepEqual(await derive(text, "log"), ["5"]);
});

test("branches are the instance's too", async () => {
  const text =
    ".comp C { .type O = None {} | Some {x:number}\n .decl r(o:O)\n r($Some(3)). r($None). }\n.init c = C\n.decl out(x:number)\nout(x) :- c.r($c.Some(x)).";
  assert.deepEqual(await derive(text, "out"), ["3"]);
});

test("components that cannot be are refused", async () => {
  for (const [text, offending] of [
    [".init a = Nope", "Nope"],
    [`${GRAPH}.init a = Graph`, "Graph"],
    [".comp A : B {}\n.comp B : A {}", "A"],
    [`${GRAPH}.comp S : Graph<number> { .override edge }\n.init s = S`, "edge"],
    [".comp A { .override r\n .decl r(x:number) overridable }", "r"],
    [".comp A {}\n.decl A()", "A"],
    [".comp A { .init a = A }\n.init a = A", "a"],
  ] as const) {
    assert.ok((await derive(text, "a")).includes(`check.component ${offending}`), `${text}: ${await derive(text, "a")}`);
  }
});

test("instances that multiply end at the bound", async () => {
  const levels = Array.from({ length: 20 }, (_, at) => `.comp C${at} { .init a = C${at + 1}\n .init b = C${at + 1} }`);
  const found = await derive(`${levels.join("\n")}\n.comp C20 { .decl r(x:number) }\n.init x = C0`, "r");
  assert.ok(
    found.some((one) => one.startsWith("limit.rules_expanded")),
    String(found).slice(0, 200),
  );
});
