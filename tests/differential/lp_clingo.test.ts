import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { type DuckDbSession, openMemory } from "../../verify/store/duckdb_session.ts";
import { regressions } from "../support/regressions.ts";
import { agree, hasClingo } from "./lp_engines.ts";
import { stratifiedProgram } from "./lp_programs.ts";

const skip = hasClingo() ? false : "native clingo is not on this machine (Debian's package is `gringo`)";

let session: DuckDbSession;
before(async () => {
  session = await openMemory();
});
after(() => session.close());

test("hand-written programs have clingo's one answer set", { skip }, async () => {
  const programs = readFileSync(join(import.meta.dirname, "lp_programs.lp"), "utf8").split(/^%%$/m);
  assert.ok(programs.length > 20);
  for (const text of programs) await agree(session, text);
});

test("programs that once differed have clingo's one answer set", { skip }, async () => {
  const kept = regressions("lp_clingo");
  assert.ok(kept.length > 0, "no regressions were read");
  for (const { input } of kept) await agree(session, input);
});

// One seed here, so that the suite is the same in every run; `tests/fuzz/lp_clingo.ts` goes through others.
test("random stratified programs have clingo's one answer set", { skip }, async () => {
  const property = fc.asyncProperty(stratifiedProgram, (text) => agree(session, text));
  await fc.assert(property, { numRuns: 40, seed: 1 });
});
