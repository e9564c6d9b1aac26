import assert from "node:assert/strict";
import { PassThrough, Readable } from "node:stream";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { failure } from "../../../../api/cli/failure.ts";
import { Terminal } from "../../../../api/cli/terminal.ts";
import { AssayError } from "../../../../schema/assay_error.ts";
import { systemClock } from "../../../../schema/clock.ts";

function streams(isTTY: boolean) {
  const stdout = new PassThrough();
  const stderr = Object.assign(new PassThrough(), { isTTY });
  const terminal = new Terminal({ stdin: Readable.from([]), stdout, stderr, setExitCode: () => undefined }, systemClock);
  return { terminal, said: () => String(stderr.read() ?? ""), answered: () => String(stdout.read() ?? "") };
}

test("progress is shown on a terminal with the seconds, and wiped before the answer", async () => {
  const { terminal, said, answered } = streams(true);
  terminal.progress("reading a.csv: 5 rows");
  terminal.progress("reading a.csv: 9 rows");
  await sleep(500);
  const shown = said();
  assert.match(shown, /9 rows · \d+ s/);
  assert.ok(!shown.includes("5 rows"));
  await terminal.out("answer\n");
  assert.equal(said(), "\r\u001b[2K");
  await sleep(300);
  assert.equal(said(), "");
  assert.equal(answered(), "answer\n");
});

test("progress is not shown where nobody watches", async () => {
  const { terminal, said } = streams(false);
  terminal.progress("reading a.csv");
  await sleep(300);
  assert.equal(said(), "");
});

test("what a user can act on keeps its code, anything else is a broken invariant", () => {
  const known = failure(new AssayError("usage.arguments", "no"));
  assert.deepEqual([known.exit, known.envelope.error?.code], [3, "usage.arguments"]);
  const refused = failure(new AssayError("import.quarantined", "no"));
  assert.equal(refused.exit, 1);
  for (const thrown of [new Error("boom"), "boom"]) {
    const unknown = failure(thrown);
    assert.deepEqual([unknown.exit, unknown.envelope.error?.code], [4, "internal.invariant"]);
  }
});
