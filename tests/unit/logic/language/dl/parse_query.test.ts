import assert from "node:assert/strict";
import { test } from "node:test";
import { parseGroundAtom, parseQuery } from "../../../../../logic/language/dl/parse_query.ts";
import { limitsWith } from "../../../../../schema/limits.ts";

test("a query is a body with or without its signs", () => {
  for (const text of [
    '?- path(x, "zod", v), v != "1".',
    'path(x, "zod", v), v != "1"',
    '  ?-path(x,"zod",v),v!="1" . ',
    '?- path(x, "zod", v), v != "1" // why',
  ]) {
    const { body, diagnostics } = parseQuery(text);
    assert.deepEqual(diagnostics, [], text);
    assert.deepEqual(
      body?.map((formula) => formula.kind),
      ["atom", "compare"],
      text,
    );
  }
});

test("spans of a query count from its own text", () => {
  const { body } = parseQuery("?- p(x), q(y)");
  assert.deepEqual(
    body?.map(({ span }) => [span.file, span.offset, span.length, span.column]),
    [
      ["<query>", 3, 4, 4],
      ["<query>", 9, 4, 10],
    ],
  );
});

test("a query that is none gives diagnostics and no body", () => {
  for (const text of [
    "",
    "?-",
    "?- .",
    "p(",
    "p(x) :- q(x).",
    "p(x). q(x).",
    "x",
    "p([1)",
    "?- ?- p(x)",
    "p(x)) .",
    "(".repeat(1000),
    "\0",
    "p(12x)",
  ]) {
    const { body, diagnostics } = parseQuery(text);
    assert.equal(body, null, text);
    assert.ok(
      diagnostics.some((one) => one.severity === "error"),
      text,
    );
  }
  assert.deepEqual(
    parseQuery("p(1)", limitsWith({ program_bytes: 3 })).diagnostics.map((one) => one.code),
    ["limit.program_bytes"],
  );
  assert.deepEqual(
    parseQuery(`x = ${"1 + (1 + ".repeat(90)}1${")".repeat(90)}`, limitsWith({ program_depth: 100 })).diagnostics.map((one) => one.code),
    ["limit.program_depth"],
  );
});

test("a fact to explain holds values only", () => {
  const { atom, diagnostics } = parseGroundAtom('package("node_modules/a", -1, 2u, 1.5).');
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(
    atom?.args.map((arg) => arg.kind),
    ["string", "integer", "unsigned", "float"],
  );
  assert.equal(parseGroundAtom("p()").atom?.relation, "p");
  for (const text of ["p(x)", "p(_)", "p(1 + 2)", 'p(cat("a", "b"))']) {
    const refused = parseGroundAtom(text);
    assert.equal(refused.atom, null, text);
    assert.deepEqual(
      refused.diagnostics.map((one) => one.code),
      ["syntax.not_ground"],
      text,
    );
  }
  for (const text of ["", "p", "p(1), q(2)", "?- p(1)", "p(1) :- q(1)"]) assert.equal(parseGroundAtom(text).atom, null, text);
});
