import assert from "node:assert/strict";
import { test } from "node:test";
import { withoutEmpty } from "../../../../../logic/engines/duckdb/prune.ts";
import { programOf } from "../../../../support/compile_dl.ts";

const program = programOf(`
.decl a(x:number)
.input a
.decl b(x:number)
.input b
.decl path(x:number, y:number)
path(x, y) :- a(x), b(y).
path(x, z) :- path(x, y), path(y, z).
.decl alone(x:number)
alone(x) :- a(x), !b(x), !path(x, x).
.decl counted(n:number)
counted(n) :- n = count : { b(_) }.
.decl least(n:number)
least(n) :- n = min x : { b(x) }.
`);

function heads(empty: readonly string[]): string[] {
  return withoutEmpty(program, new Set(empty)).rules.map((rule) => rule.id);
}

test("what needs a tuple of an empty relation falls away, through recursion and minima, and counts stay", () => {
  assert.deepEqual(
    heads([]),
    program.rules.map((rule) => rule.id),
  );
  assert.deepEqual(heads(["b"]), ["alone#1", "counted#1"]);
  assert.deepEqual(heads(["a"]), ["counted#1", "least#1"]);
});

test("denials of what has no tuples are left out, others stay", () => {
  const alone = (empty: readonly string[]) => withoutEmpty(program, new Set(empty)).rules.find((rule) => rule.id === "alone#1");
  assert.equal(alone(["b"])?.body.length, 1);
  assert.equal(alone([])?.body.length, 3);
});
