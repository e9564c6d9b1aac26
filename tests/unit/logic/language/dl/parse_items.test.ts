import assert from "node:assert/strict";
import { test } from "node:test";
import { printDl } from "../../../../../logic/language/dl/print.ts";
import { codesOf, itemsOf } from "../../../../support/dl_text.ts";

/** The items of a text, each printed. */
function printed(text: string): string[] {
  return itemsOf(text).map((item) => printDl({ dialect: "dl", file: "test.dl", items: [item] }).trimEnd());
}

test("types in every form, old ones too", () => {
  assert.deepEqual(printed(".type A <: number .type B = A | symbol\n.type C = A\n.number_type D .symbol_type E\n.type F\n.type G <: a.b"), [
    ".type A <: number",
    ".type B = A | symbol",
    ".type C = A",
    ".type D <: number",
    ".type E <: symbol",
    ".type F <: symbol",
    ".type G <: a.b",
  ]);
});

test("declarations with several names and qualifiers; qualifiers of old are directives", () => {
  assert.deepEqual(printed(".decl a, b(x:number, y : Path) btree inline\n.decl c() input output"), [
    ".decl a, b(x:number, y:Path) btree inline",
    ".decl c()",
    ".input c",
    ".output c",
  ]);
  assert.deepEqual(codesOf(".decl a(x:number) inline inline"), ["syntax.unexpected 1:26 inline"]);
});

test("directives with parameters and several relations", () => {
  assert.deepEqual(printed('.input a, b.c(IO=file, delimiter="\\t", n=10, headers=true)\n.output a()\n.printsize a .limitsize a(n=3)'), [
    '.input a, b.c(IO="file", delimiter="\\t", n="10", headers="true")',
    ".output a",
    ".printsize a",
    '.limitsize a(n="3")',
  ]);
});

test("a pragma is kept and said to have no effect", () => {
  assert.deepEqual(codesOf('.pragma "a" "b"\n.pragma "c"'), [
    'syntax.pragma_ignored 1:1 .pragma "a" "b"',
    'syntax.pragma_ignored 2:1 .pragma "c"',
  ]);
  assert.deepEqual(printed('.pragma "a" "b"'), ['.pragma "a" "b"']);
});

test("includes and `.once`", () => {
  assert.deepEqual(printed('.once\n.include "a.dl"\n#include "b/c.dl"\n  #  include  "d.dl" // why'), [
    ".once",
    '.include "a.dl"',
    '.include "b/c.dl"',
    '.include "d.dl"',
  ]);
  assert.deepEqual(
    codesOf("#include <a.dl>\n.include a").map((code) => code.slice(0, 21)),
    ["syntax.unexpected 1:1", "syntax.unexpected 2:1"],
  );
});

test("facts, several heads, plans, items on one line", () => {
  assert.deepEqual(printed("p(1).q(2). a(x), b(x) :- c(x).\n  .plan 0:(1,2), 1 : (2, 1)\n"), [
    "p(1).",
    "q(2).",
    "a(x), b(x) :- c(x).\n  .plan 0: (1, 2), 1: (2, 1)",
  ]);
  assert.deepEqual(codesOf("a(1), b(2).\n.plan 0:(1)\np(3)."), ["syntax.unexpected 1:11 .", "syntax.unexpected 2:1 .plan"]);
});

test("constants by `#define` are terms behind their definition", () => {
  assert.deepEqual(printed('#define N 0x10\n#define S "a // b" // text\n#define M (N * \\\n 2)\n#define A N\np(N, S, M, -A, "N").'), [
    "#define N 0x10",
    '#define S "a // b"',
    "#define M (N * 2)",
    "#define A N",
    'p(N, S, M, -A, "N").',
  ]);
  const [rule] = itemsOf("p(N) :- q(N).\n#define N 1\np(N).");
  assert.ok(rule?.kind === "rule" && rule.heads[0]?.args[0]?.kind === "variable");
  const [, , later] = itemsOf("p(N) :- q(N).\n#define N 1\np(N).");
  assert.ok(later?.kind === "rule" && later.heads[0]?.args[0]?.kind === "constant");
});

test("a definition that pasting would read otherwise is refused", () => {
  for (const value of ["1 + 2", "-1", "(1) + 2", "x", "(x)", "(1", "1 2", "p(x)", "(count : { p() })"]) {
    const codes = codesOf(`#define N ${value}\nq(1).`).filter((code) => code.startsWith("syntax.constant"));
    const failed = codesOf(`#define N ${value}\nq(1).`);
    assert.ok(codes.length === 1 || failed.some((code) => code.startsWith("syntax.unexpected")), value);
  }
  for (const line of ["#define N", "#define N(x) x", "#define", "#if 1", "#endif", "#undef N", "#pragma x", '# 12 "file"', "#"]) {
    assert.deepEqual(
      codesOf(`${line}\nq(1).`).map((code) => code.split(" ")[0]),
      ["syntax.unsupported"],
      line,
    );
  }
  assert.deepEqual(codesOf("#define N 1\n#define N 2\nN(1).\n.decl p(N:number)"), [
    "syntax.constant 2:1 #define N 2",
    "syntax.constant 3:1 N",
    "syntax.constant 4:9 N",
  ]);
});

test("components nest, instances and overrides name their parts", () => {
  const items = itemsOf(".comp A<T> : B<T>, C { .decl x(y:T) overridable\n .comp Inner { x(1). }\n .override r }\n.init a = A<number>");
  const [component, init] = items;
  assert.ok(component?.kind === "component" && init?.kind === "init");
  assert.deepEqual([component.name, component.parameters, init.name, init.of.name, init.of.args], ["A", ["T"], "a", "A", ["number"]]);
  assert.deepEqual(
    component.bases.map(({ name, args }) => [name, args]),
    [
      ["B", ["T"]],
      ["C", []],
    ],
  );
  assert.deepEqual(
    component.items.map(({ kind }) => kind),
    ["relation", "component", "override"],
  );
  assert.deepEqual(codesOf(".comp A { p(. }\nq(1).").length > 0, true);
  assert.deepEqual(codesOf(".comp A { p(1)."), ["syntax.unexpected 1:16 "]);
  assert.equal(codesOf(".comp A {\n".repeat(300))[0]?.split(" ")[0], "limit.program_depth");
});

test("a structure's type has branches with fields", () => {
  const [record, algebraic] = itemsOf(".type R = [a:number, b:R]\n.type D = X {} | Y { x:number }");
  assert.ok(record?.kind === "type" && algebraic?.kind === "type");
  assert.deepEqual([record.form, record.branches.map(({ name, fields }) => [name, fields.length])], ["record", [["", 2]]]);
  assert.deepEqual(
    [algebraic.form, algebraic.branches.map(({ name, fields }) => [name, fields.length])],
    [
      "algebraic",
      [
        ["X", 0],
        ["Y", 1],
      ],
    ],
  );
});

test("a relation's way of being kept, its choices and its subsumption are read", () => {
  const [one, two, rule] = itemsOf(
    ".decl e(x:number, y:number) eqrel\n.decl c(x:number, y:number) choice-domain x, (x, y)\nc(x, y) <= c(x, z) :- y < z.",
  );
  assert.ok(one?.kind === "relation" && two?.kind === "relation" && rule?.kind === "rule");
  assert.deepEqual([one.qualifiers, two.choices.map((domain) => domain.map(({ name }) => name))], [["eqrel"], [["x"], ["x", "y"]]]);
  assert.deepEqual([rule.form, rule.heads.length], ["subsumption", 2]);
  assert.deepEqual(codesOf(".decl e(x:number) btree eqrel"), ["syntax.unexpected 1:25 eqrel"]);
  assert.deepEqual(codesOf("c(x) <= c(y)."), ["syntax.unexpected 1:13 ."]);
});

test("unsupported items are named once each and read past", () => {
  const text = [
    ".functor f(x:number, symbol):number stateful",
    ".lattice L<> { Bottom -> $B(), Lub -> @lub(_, _) }",
    ".decl l(x:L<>)",
    ".decl d = debug_delta(e)",
    "@[annotation(x, [y])] @![inner]",
    "fine(1).",
  ].join("\n");
  const codes = codesOf(text).map((code) => code.split(" ").slice(0, 2).join(" "));
  assert.deepEqual(codes, ["syntax.refused 1:1", "syntax.unsupported 2:1", "syntax.unsupported 3:9", "syntax.unsupported 4:1"]);
});

test("reserved words name nothing", () => {
  for (const text of [".decl count(x:number)", ".decl p(ord:number)", ".type match <: symbol", "p(input).", "inline(1).", ".input sum"]) {
    assert.deepEqual(
      codesOf(text).map((code) => code.split(" ")[0]),
      ["syntax.reserved"],
      text,
    );
  }
});

test("an unknown directive names the nearest one", () => {
  assert.deepEqual(codesOf(".inptu a\n.tpye A <: number\np(1)."), [
    "syntax.unknown_directive 1:1 .inptu",
    "syntax.unknown_directive 2:1 .tpye",
  ]);
});
