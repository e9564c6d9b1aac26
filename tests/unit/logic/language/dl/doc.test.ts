import assert from "node:assert/strict";
import { test } from "node:test";
import { codesOf, itemsOf } from "../../../../support/dl_text.ts";

test("doc lines directly above an item are its prose and its marks", () => {
  const [relation, rule] = itemsOf(
    '/// No hash.\n///\n///   indented\n/// @law npm.integrity error "{name} has none"\n/// @key(a, b)\n// plain\n.decl p(a:number)\n  /// of a rule\n  p(1).',
  );
  assert.ok(relation?.kind === "relation" && rule?.kind === "rule");
  assert.equal(relation.doc.text, "No hash.\n\n  indented");
  assert.deepEqual(
    relation.doc.marks.map(({ name, rest, span }) => [name, rest, span.line, span.column]),
    [
      ["law", 'npm.integrity error "{name} has none"', 4, 5],
      ["key", "(a, b)", 5, 5],
    ],
  );
  assert.equal(rule.doc.text, "of a rule");
});

test("plain comments, dividers and prose apart are no docs", () => {
  for (const above of ["// a", "/* a */", "//// a", "/// a\n", "p(1). /// a", "//! a"]) {
    const last = itemsOf(`${above}\n.decl p(a:number)`).at(-1);
    assert.ok(last?.kind === "relation" && last.doc.text === "" && last.doc.marks.length === 0, above);
  }
});

test("a mark that no item takes is an error", () => {
  const dangling = '/// @law a error "b"';
  for (const text of [
    `${dangling}\n\n.decl p()`,
    `${dangling}\n.output p`,
    `p(1). ${dangling}\n.decl p()`,
    `${dangling}`,
    `.decl p(\n${dangling}\nx:number)`,
    `p() :-\n${dangling}\n q().`,
    `${dangling}\n#define A 1`,
    `${dangling}\n.include "a"`,
  ]) {
    assert.deepEqual(
      codesOf(text).map((code) => code.split(" ")[0]),
      ["syntax.dangling_mark"],
      text,
    );
  }
});
