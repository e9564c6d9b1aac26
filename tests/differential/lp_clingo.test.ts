import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { type DuckDbSession, openMemory } from "../../verify/store/duckdb_session.ts";
import { hasClingo, runAssay, runClingo } from "./lp_engines.ts";
import { stratifiedProgram } from "./lp_programs.ts";

const skip = hasClingo() ? false : "native clingo is not on this machine (Debian's package is `gringo`)";

let session: DuckDbSession;
before(async () => {
  session = await openMemory();
});
after(() => session.close());

async function agree(text: string): Promise<void> {
  const ours = await runAssay(session, text);
  const theirs = runClingo(text);
  assert.notEqual(theirs.model, null, `${text}\n${theirs.printed}`);
  assert.equal(
    ours.kind,
    "model",
    `${text}\n${JSON.stringify(ours, (_key, value) => (typeof value === "bigint" ? String(value) : value))}`,
  );
  if (ours.kind === "model") assert.deepEqual(ours.model, theirs.model, text);
}

test("hand-written programs have clingo's one answer set", { skip }, async () => {
  const programs = readFileSync(join(import.meta.dirname, "lp_programs.lp"), "utf8").split(/^%%$/m);
  assert.ok(programs.length > 20);
  for (const text of programs) await agree(text);
});

test("random stratified programs have clingo's one answer set", { skip }, async () => {
  await fc.assert(fc.asyncProperty(stratifiedProgram, agree), { numRuns: 60 });
});
