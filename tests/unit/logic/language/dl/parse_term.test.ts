import assert from "node:assert/strict";
import { test } from "node:test";
import { bodyOf, codesOf, shape } from "../../../../support/dl_text.ts";

const precedence: readonly (readonly [string, string])[] = [
  ["1 + 2 * 3", "(+ 1 (* 2 3))"],
  ["1 - 2 - 3", "(- (- 1 2) 3)"],
  ["2 ^ 3 ^ 2", "(^ 2 (^ 3 2))"],
  ["-x ^ 2", "(- (^ x 2))"],
  ["-2 ^ 2", "(- (^ 2 2))"],
  ["(-2) ^ 2", "(^ -2 2)"],
  ["2 ^ -x ^ 3", "(^ 2 (- (^ x 3)))"],
  ["-x * y", "(* (- x) y)"],
  ["- -1", "(- -1)"],
  ["-(1)", "-1"],
  ["bnot x + 1", "(+ (bnot x) 1)"],
  ["lnot x land y", "(land (lnot x) y)"],
  [
    "a lor b lxor c land d bor e bxor f band g bshl h + i * j ^ k",
    "(lor a (lxor b (land c (bor d (bxor e (band f (bshl g (+ h (* i (^ j k))))))))))",
  ],
  [
    "a ^ b * c + d bshl e band f bxor g bor h land i lxor j lor k",
    "(lor (lxor (land (bor (bxor (band (bshl (+ (* (^ a b) c) d) e) f) g) h) i) j) k)",
  ],
  ["a bshr b bshru c", "(bshru (bshr a b) c)"],
  ["a / b % c * d", "(* (% (/ a b) c) d)"],
  ["(a + b) * c", "(* (+ a b) c)"],
];

test("operators bind as in Soufflé's grammar", () => {
  for (const [text, expected] of precedence) assert.equal(shape(text), expected, text);
});

test("min and max are functors with several arguments and aggregates with a body", () => {
  assert.equal(shape("max(1, 2, x)"), "max[1 2 x]");
  assert.equal(shape("min (x + 1) * 2 : { p(x) }"), "min{(* (+ x 1) 2)}");
  assert.equal(shape("max x : p(x)"), "max{x}");
  assert.equal(shape("1 + count : { p(_) } + 2"), "(+ (+ 1 count{}) 2)");
  assert.equal(shape("sum x + y : { p(x, y) }"), "sum{(+ x y)}");
  assert.equal(shape("mean max(x, y) : { p(x, y), z = sum w : q(w) }"), "mean{max[x y]}");
});

test("literals keep their value exactly and their text", () => {
  const values = bodyOf(
    'p(18446744073709551616, 0x7fFF, 0b101, 42u, 0xffu, -9223372036854775808, 1.5, -0.25, 2e3, "a\\"\\\\\\n\\t\\r\\a\\b\\f\\v\'")',
  )[0];
  assert.ok(values?.kind === "atom");
  const expected = [2n ** 64n, 0x7fffn, 5n, 42n, 255n, -(2n ** 63n), 1.5, -0.25, 2000, "a\"\\\n\t\r\u0007\b\f\v'"];
  assert.deepEqual(
    values.args.map((arg) => ("value" in arg ? arg.value : arg.kind)),
    expected,
  );
  assert.deepEqual(
    values.args.map((arg) => arg.kind),
    ["integer", "integer", "integer", "unsigned", "unsigned", "integer", "float", "float", "float", "string"],
  );
});

test("functors and tests take their number of arguments", () => {
  for (const call of [
    "cat(1)",
    "strlen()",
    "substr(x, 1)",
    "range(1)",
    "range(1, 2, 3, 4)",
    "to_number(1, 2)",
    "count x : { p(x) }",
    "sum : { p(_) }",
  ]) {
    assert.deepEqual(
      codesOf(`p(${call}).`).map((code) => code.split(" ")[0]),
      ["syntax.arguments"],
      call,
    );
  }
  assert.deepEqual(
    codesOf("p() :- match(x).").map((code) => code.split(" ")[0]),
    ["syntax.arguments"],
  );
  assert.deepEqual(codesOf('p() :- x = range(1, 2), y = range(1, 9, 2), z = cat("a", "b", "c"), contains("a", z).'), []);
});

test("malformed literals are reported with their text", () => {
  assert.deepEqual(codesOf("p(12abc, 0xg, 1e400, 3)."), ["syntax.number 1:3 12abc", "syntax.number 1:10 0xg", "syntax.number 1:15 1e400"]);
  assert.deepEqual(codesOf('p("a\\qb").'), ["syntax.escape 1:5 \\q"]);
  assert.deepEqual(
    codesOf('p("a\0b", "\ud800").').map((code) => code.split(" ")[0]),
    ["syntax.symbol_character", "syntax.symbol_character"],
  );
  assert.equal(codesOf(`p(${"9".repeat(1001)}).`)[0]?.split(" ")[0], "limit.number_digits");
  assert.equal(codesOf(`p("${"x".repeat(1024 * 1024 + 1)}").`)[0]?.split(" ")[0], "limit.symbol_bytes");
});

test("structures and casts are terms", () => {
  for (const text of ["[a, [b, nil]]", "nil", "[]", "$Some(x)", "$a.None", "as(x, number)", "as([x, _], a.T)"])
    assert.deepEqual(codesOf(`p(1, ${text}).`), [], text);
  for (const text of ["[a", "$Some(x", "as(x)", "as(x, 1)"])
    assert.equal(codesOf(`p(1, ${text}).`)[0]?.split(" ")[0], "syntax.unexpected", text);
});

test("what is not supported yet is named, and reading goes on", () => {
  const constructs: readonly (readonly [string, string])[] = [
    ["$", "refused"],
    ["@f(x, (y))", "refused"],
    ["autoinc()", "refused"],
    ["recursive_iteration_cnt()", "unsupported"],
    ["__LINE__", "unsupported"],
  ];
  for (const [text, what] of constructs) {
    assert.deepEqual(codesOf(`p(1, ${text}, 12abc).`), [`syntax.${what} 1:6 ${text}`, `syntax.number 1:${8 + text.length} 12abc`], text);
  }
  assert.deepEqual(
    codesOf("p(x) :- x = @@a y : { q(y) }.\nq(.").map((code) => code.slice(0, 22)),
    ["syntax.unsupported 1:13", "syntax.unexpected 2:3 "].map((code) => code.slice(0, 22)),
  );
  assert.deepEqual(codesOf("p(1.2.3.4)."), []);
  assert.deepEqual(codesOf("p(1.2.3.400)."), ["syntax.number 1:3 1.2.3.400"]);
});
