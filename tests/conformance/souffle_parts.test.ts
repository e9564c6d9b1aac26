import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import type { Attribute } from "../../schema/relation.ts";
import type { ValueType } from "../../schema/value.ts";
import { runSuite, tableOf } from "./souffle.ts";
import { readFacts } from "./souffle_facts.ts";
import { featuresOf } from "./souffle_features.ts";
import { floatText } from "./souffle_values.ts";

let root = "";
before(() => {
  root = mkdtempSync(join(tmpdir(), "assay-conformance-"));
});
after(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

test("a checkout's cases are run and judged by what they write", async () => {
  for (const category of ["evaluation", "example", "semantic", "syntactic"]) write(`tests/${category}/CMakeLists.txt`, "");
  write(
    "tests/evaluation/CMakeLists.txt",
    "positive_test(good)\npositive_test(bad COMPILED_SPLITTED)\nif (FALSE)\npositive_test(off)\nendif()\n",
  );
  write(
    "tests/semantic/CMakeLists.txt",
    "negative_test(wrong)\nnegative_test(fine)\nsouffle_positive_multi_test(TEST_NAME multi CATEGORY semantic FACTS_DIR_NAMES one two)\n",
  );
  const program = ".decl p(x:number, s:symbol)\n.input p\n.decl q(x:number)\n.output q\nq(x + 1) :- p(x, _).\n.printsize q\n";
  for (const name of ["good", "bad"]) {
    write(`tests/evaluation/${name}/${name}.dl`, program);
    write(`tests/evaluation/${name}/facts/p.facts`, "2\ta\n1\tb\n");
    write(`tests/evaluation/${name}/q.csv`, name === "good" ? "3\n2\n" : "3\n4\n");
    write(`tests/evaluation/${name}/${name}.out`, "q\t2\n");
  }
  write("tests/semantic/wrong/wrong.dl", ".decl p(x:number)\np(x) :- x < 1.\n");
  write("tests/semantic/fine/fine.dl", ".decl p(x:number)\np(1).\n");
  write("tests/semantic/multi/multi.dl", program);
  for (const name of ["one", "two"]) {
    write(`tests/semantic/multi/${name}/p.facts`, "1\tx\n");
    write(`tests/semantic/multi/${name}/q.csv`, name === "one" ? "2\n" : "5\n");
  }
  const reports = await runSuite(root, "", () => undefined);
  assert.deepEqual(
    reports.map(({ one, result }) => `${one.name} ${result.outcome}`),
    ["good passed", "bad failed", "wrong passed", "fine failed", "multi_one passed", "multi_two failed"],
  );
  assert.match(tableOf(reports), /must be rejected: 1 \/ 2/);
});

test("fact files are read as Soufflé reads them", () => {
  const attributes = (...types: ValueType[]): Attribute[] =>
    types.map((type, at) => ({ name: `a${at}`, type, declared: type, fallback: null }));
  const read = (text: string, types: readonly ValueType[], parameters: Readonly<Record<string, string>> = {}): unknown => {
    write("facts/r.facts", text);
    return readFacts("r", attributes(...types), new Map(Object.entries(parameters)), join(root, "facts"), (_, field) => field);
  };
  assert.deepEqual(read("a b\t1\n\t2\r\n", ["symbol", "number"]), [
    ["a b", "1"],
    ["", "2"],
  ]);
  assert.deepEqual(read("h\tk\n[1, 2],[3, 4]\n", ["symbol", "symbol"], { delimiter: ",", headers: "true" }), [["[1, 2]", "[3, 4]"]]);
  assert.deepEqual(read('"a ""b""\n,c",d\n', ["symbol", "symbol"], { rfc4180: "true" }), [['a "b"\n,c', "d"]]);
  assert.deepEqual(read("()\n", []), [[]]);
  assert.throws(() => read("one\n", ["symbol", "symbol"]));
  assert.throws(() => read('"a"b\n', ["symbol"], { rfc4180: "true" }));
});

test("floats are written with the digits that tell doubles apart", () => {
  assert.deepEqual([0.1, 3, 1e300, 2 ** -40, 123456.789, 1e17].map(floatText), [
    "0.10000000000000001",
    "3",
    "1.0000000000000001e+300",
    "9.0949470177292824e-13",
    "123456.789",
    "1e+17",
  ]);
});

test("a program's stage is that of its latest feature", () => {
  assert.deepEqual(
    [featuresOf("a(x) :- b(x).").stage, featuresOf("a(x) :- !b(x).").stage, featuresOf(".comp C {} // $X(1)").stage],
    ["A", "B", "E"],
  );
  assert.deepEqual(featuresOf('.decl r(x:R) eqrel\nr([1]) :- s("nil").').names, ["record", "eqrel"]);
});
