import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { deriveBySouffle } from "../../../../../logic/engines/souffle/derive.ts";
import { findSouffle, type Souffle } from "../../../../../logic/engines/souffle/find_souffle.ts";
import { AssayError } from "../../../../../schema/assay_error.ts";
import type { Limits } from "../../../../../schema/limits.ts";
import type { Row } from "../../../../../schema/value.ts";
import { type DuckDbSession, openMemory } from "../../../../../verify/store/duckdb_session.ts";
import { programOf } from "../../../../support/compile_dl.ts";
import { type Facts, inputOver } from "../../../../support/duckdb_facts.ts";
import { presentSouffle } from "../../../../support/souffles.ts";

const souffle = presentSouffle();
const skip = souffle === null ? "souffle is not on this machine" : false;
const skip64 = souffle?.word_bits === 64 ? false : "no souffle with 64-bit words on this machine";

let session: DuckDbSession;
let folder: string;
before(async () => {
  session = await openMemory({ threads: "1" });
  folder = mkdtempSync(join(tmpdir(), "assay-souffle-test-"));
});
after(() => {
  session.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A command that answers `--version` as Soufflé does and otherwise runs `script`. */
function pretend(name: string, script: string, bits = 64): Souffle {
  const command = join(folder, name);
  writeFileSync(
    command,
    `#!/bin/sh\nif [ "$1" = --version ]; then echo "Souffle"; echo "Version: 9.9"; echo "Word size: ${bits} bits"; exit 0; fi\n${script}\n`,
  );
  chmodSync(command, 0o755);
  return findSouffle(command);
}

async function derive(by: Souffle, text: string, facts: Facts, outputs: readonly string[], limits: Partial<Limits> = {}) {
  return deriveBySouffle({ ...(await inputOver(session, programOf(text), facts, limits)), souffle: by }, outputs);
}

test("a Soufflé that is not there is an error that says how to get one", () => {
  assert.throws(
    () => findSouffle("/nowhere/souffle"),
    (error) => error instanceof AssayError && error.code === "souffle.not_found" && /souffle-lang\.github\.io/.test(error.help ?? ""),
  );
});

test("the version and the size of words are read", () => {
  assert.deepEqual(pretend("old", "exit 1", 32).word_bits, 32);
  assert.deepEqual([pretend("new", "exit 1").word_bits, pretend("new", "exit 1").version], [64, "9.9"]);
});

const TEXT = `.decl p(a:symbol, b:number, c:unsigned, d:float)
.input p
.decl q(a:symbol, b:number, c:unsigned, d:float)
q(a, b, c, d) :- p(a, b, c, d).
.decl flag()
.input flag
.decl raised()
raised() :- flag().
.decl none(a:symbol)
.input none
.decl copy(a:symbol)
copy(a) :- none(a).
`;

test("every value crosses whole, both ways", { skip: skip64 }, async () => {
  if (souffle === null) return;
  const symbols = [
    "",
    " ",
    "tab\there",
    "line\nbreak",
    "\r\n",
    "a\r",
    "\n\n",
    'quote"',
    '"',
    '""',
    "back\\slash",
    '\\"',
    ",",
    "é€😀",
    "()",
    "nil",
  ];
  const rows = symbols.map((text, at): Row => [text, 2n ** 62n + BigInt(at), 2n ** 64n - 1n, 0.1 + at]);
  rows.push(["least", -(2n ** 63n), 0n, -1e300], ["most", 2n ** 63n - 1n, 1n, 2.3e-308]);
  const { relations, undecided } = await derive(souffle, TEXT, { p: rows, flag: [[]] }, ["q", "raised", "copy"]);
  assert.equal(undecided, null);
  assert.deepEqual(new Set(relations.get("q")?.map(String)), new Set(rows.map(String)));
  assert.deepEqual([relations.get("raised"), relations.get("copy")], [[[]], []]);
  const empty = await derive(souffle, TEXT, {}, ["raised"]);
  assert.deepEqual(empty.relations.get("raised"), []);
});

test("a program is compiled once and kept under its text", {
  skip: process.env["SOUFFLE_COMPILED"] === undefined ? "set SOUFFLE_COMPILED to compile" : skip,
}, async () => {
  if (souffle === null) return;
  const compiled: Souffle = { ...souffle, mode: "compiled" };
  const fresh = TEXT.replace("copy(a) :- none(a).", `copy(a) :- none(a), a != "${process.pid}".`);
  for (const [text, verdict_ms] of [
    [fresh, 120_000],
    // No compiler is as fast as this.
    [fresh, 2_000],
  ] as const) {
    const { relations, undecided } = await derive(compiled, text, { none: [["a"], ["b"]] }, ["copy"], { verdict_ms });
    assert.deepEqual([undecided, relations.get("copy")], [null, [["a"], ["b"]]]);
  }
  await assert.rejects(
    derive(compiled, fresh.replace("!=", "<"), {}, ["copy"], { verdict_ms: 300 }),
    (error) => error instanceof AssayError && error.code === "souffle.failed",
  );
});

test("a run past its time is undecided, and ends", async () => {
  const slow = pretend("slow", "sleep 60");
  const { undecided } = await derive(slow, TEXT, {}, ["copy"], { verdict_ms: 200 });
  assert.deepEqual([undecided?.code, undecided?.bound], ["limit.verdict_ms", 200]);
});

test("a failure is told at the place of our rule", async () => {
  const failing = pretend("failing", 'echo "Error: Ungrounded variable v0 in file program.dl at line 5" >&2; exit 1');
  const { undecided } = await derive(failing, TEXT, {}, ["copy"]);
  assert.equal(undecided?.code, "souffle.failed");
  assert.match(undecided?.detail ?? "", /test\.dl:12/);
});

test("a Soufflé that passes its memory is undecided", { skip }, async () => {
  if (souffle === null) return;
  const text = ".decl n(x:number)\n.input n\n.decl s(x:number, y:number, z:number)\ns(x, y, z) :- n(x), n(y), n(z).";
  const rows = Array.from({ length: 400 }, (_, at): Row => [BigInt(at)]);
  const { undecided } = await derive(souffle, text, { n: rows }, ["s"], { memory_mb: 300 });
  assert.equal(undecided?.code, "souffle.failed");
});

test("what does not fit 32-bit words is refused, never wrapped", async () => {
  const old = pretend("narrow", "exit 0", 32);
  for (const [row, fits] of [
    [["", 2n ** 31n - 1n, 2n ** 32n - 1n, 0], false],
    [["", 2n ** 31n, 0n, 0], false],
    [["", 0n, 2n ** 32n, 0], false],
  ] as const) {
    await assert.rejects(
      derive(old, TEXT, { p: [row as Row] }, ["q"]),
      (error) => error instanceof AssayError && error.code === "souffle.word_size",
      String(fits),
    );
  }
  const plain = ".decl p(b:number)\n.input p\n.decl q(b:number)\nq(b) :- p(b).";
  assert.equal((await derive(old, plain, { p: [[2n ** 31n - 1n], [-(2n ** 31n)]] }, ["q"])).undecided, null);
});

test("what Soufflé cannot say is refused with its place", async () => {
  const any = pretend("any", "exit 0");
  for (const body of ["x = ord(x)", 'match("a.*", to_string(x))']) {
    const text = `.decl p(x:number)\n.input p\n.decl q(x:number)\nq(x) :- p(x), ${body.replace("ord(x)", 'ord("a")')}.`;
    await assert.rejects(
      derive(any, text, {}, ["q"]),
      (error) => error instanceof AssayError && error.code === "souffle.not_expressible" && error.place !== null,
      body,
    );
  }
  const structured = ".type R = [x:number]\n.decl p(x:number)\n.input p\n.decl q(r:R)\nq([x]) :- p(x).";
  await assert.rejects(
    derive(any, structured, {}, ["q"]),
    (error) => error instanceof AssayError && error.code === "souffle.not_expressible",
  );
  const counting = ".decl p(a:symbol)\n.input p\n.decl q(n:number)\nq(strlen(a)) :- p(a).";
  await assert.rejects(
    derive(any, counting, { p: [["é"]] }, ["q"]),
    (error) => error instanceof AssayError && error.code === "souffle.not_expressible",
  );
});
