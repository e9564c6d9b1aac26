import assert from "node:assert/strict";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { limitsWith } from "../../../schema/limits.ts";
import type { LogBreak, LogCheck } from "../../../verify/check_log.ts";
import { FactBase } from "../../../verify/fact_base.ts";
import { Database } from "../../../verify/store/database.ts";
import { proposal, SHOP, steppingClock, theoryFrom } from "../../support/fact_bases.ts";

const LEGACY = `${SHOP}/// @law shop.poor error "{name}"\n.decl poor(name:symbol)\npoor(n) :- customer(n, c), c = 1.\n`;

/** A file with commits of every kind: loads with a changed relation and with waivers, asserts, retracts, asserts without effect. */
async function makeBase(path: string): Promise<void> {
  const base = await FactBase.create(path, { clock: steppingClock() });
  await base.loadTheory([theoryFrom(SHOP)], { author: "lea", reason: "first" });
  await base.propose(proposal({ assert: { customer: [["ann", 1n]], order: [[1n, "ann", { decimal: "2.5" }]], open: [[]] } }));
  await base.propose(
    proposal({
      assert: {
        customer: [
          ["ann", 1n],
          ["big", 2n ** 60n],
        ],
      },
    }),
  );
  await base.loadTheory([theoryFrom(LEGACY)], { author: "lea", reason: "stricter", ratchet: true });
  await base.propose(proposal({ retract: { order: [[1n, "ann", { decimal: "2.5" }]], open: [[]] } }));
  await base.loadTheory(
    [
      theoryFrom(
        LEGACY.replace("id:number, customer:symbol, amount:float)", "id:number, customer:symbol, amount:float, note:symbol)")
          .replace("order(i, c, _)", "order(i, c, _, _)")
          .replace("order(i, _, a)", "order(i, _, a, _)"),
      ),
    ],
    { author: "lea", reason: "wider" },
  );
  await base.propose(proposal({ assert: { order: [[2n, "ann", 1n, "x"]] } }));
  await base.close();
}

async function tampered(path: string, statements: readonly string[]): Promise<LogCheck> {
  const database = await Database.open(path, limitsWith());
  const session = await database.connect();
  for (const statement of statements) await session.run(statement);
  database.close();
  const base = await FactBase.open(path, { clock: steppingClock() });
  try {
    return await base.checkLog();
  } finally {
    await base.close();
  }
}

const zeros = `sha256:${"0".repeat(64)}`;
const cases: readonly (readonly [string, string, Pick<LogBreak, "commit" | "what">])[] = [
  ["an entry's text", "UPDATE assay.entry SET reason = 'other' WHERE seq = 3", { commit: 3, what: "entry" }],
  ["an entry's time", `UPDATE assay.entry SET "time" = '2020-01-01T00:00:00.000Z' WHERE seq = 2`, { commit: 2, what: "entry" }],
  ["an entry's hash", `UPDATE assay.entry SET hash = '${zeros}' WHERE seq = 5`, { commit: 5, what: "entry" }],
  ["a link", `UPDATE assay.entry SET prev = '${zeros}' WHERE seq = 4`, { commit: 4, what: "entry" }],
  ["a missing entry", "DELETE FROM assay.entry WHERE seq = 4", { commit: 4, what: "entry" }],
  ["a doubled entry", "INSERT INTO assay.entry SELECT * FROM assay.entry WHERE seq = 2", { commit: 3, what: "entry" }],
  [
    "a delta's body",
    "UPDATE assay.delta_part SET body = replace(body, 'ann', 'amy') WHERE delta = (SELECT delta FROM assay.entry WHERE seq = 2)",
    { commit: 2, what: "delta" },
  ],
  [
    "a missing delta",
    "DELETE FROM assay.delta_part WHERE delta = (SELECT delta FROM assay.entry WHERE seq = 5)",
    { commit: 5, what: "delta" },
  ],
  [
    "a load's body",
    "UPDATE assay.delta_part SET body = replace(body, 'lea', 'leo') WHERE delta = (SELECT delta FROM assay.entry WHERE seq = 4)",
    { commit: 4, what: "delta" },
  ],
  [
    "a verdict",
    `UPDATE assay.verdict_text SET head = replace(head, '"total":0', '"total":1'), tail = replace(tail, '"total":0', '"total":1') WHERE delta = (SELECT delta FROM assay.entry WHERE seq = 2)`,
    { commit: 2, what: "verdict" },
  ],
  [
    "a verdict's commit",
    `UPDATE assay.verdict_text SET head = replace(head, '"commit":3', '"commit":2'), tail = replace(tail, '"commit":3', '"commit":2') WHERE delta = (SELECT delta FROM assay.entry WHERE seq = 3)`,
    { commit: 3, what: "verdict" },
  ],
  [
    "the laws that verdicts share",
    "UPDATE assay.verdict_text SET laws = 'sha256:none', tail = '' WHERE delta = (SELECT delta FROM assay.entry WHERE seq = 3)",
    { commit: 3, what: "verdict" },
  ],
  [
    "a verdict that is no JSON",
    "UPDATE assay.verdict_text SET head = '{' WHERE delta = (SELECT delta FROM assay.entry WHERE seq = 3)",
    { commit: 3, what: "verdict" },
  ],
  ["a theory's period", "UPDATE assay.theory SET commit_from = 2 WHERE commit_from = 1", { commit: 1, what: "theories" }],
  [
    "a theory's text",
    `UPDATE assay.theory_file SET body = body || ' ' WHERE hash = (SELECT hash FROM assay.theory WHERE commit_from = 1)`,
    { commit: 1, what: "theories" },
  ],
  ["a waiver's law", "UPDATE assay.waiver SET law = 'shop.credit'", { commit: 4, what: "waivers" }],
  ["a waiver's author", "UPDATE assay.waiver SET author = 'nobody'", { commit: 4, what: "waivers" }],
  [
    "a forged waiver",
    "INSERT INTO assay.waiver SELECT 'f' || fingerprint, law, witness, author, reason, 2, NULL FROM assay.waiver",
    { commit: 2, what: "waivers" },
  ],
  ["a settled waiver", "UPDATE assay.waiver SET commit_to = 5", { commit: 5, what: "waivers" }],
  ["a change that no delta made", `INSERT INTO assay_log.customer VALUES (2, 1, 'eve', 1, NULL)`, { commit: 2, what: "history" }],
  ["a change that is gone", "DELETE FROM assay_log.customer WHERE name = 'big'", { commit: 3, what: "history" }],
  ["a change with another sign", `UPDATE assay_log.open SET "@op" = 1 WHERE "@commit" = 5`, { commit: 5, what: "history" }],
  ["a change of another commit", `UPDATE assay_log.customer SET "@commit" = 5 WHERE name = 'big'`, { commit: 3, what: "history" }],
  ["a change of no commit", `INSERT INTO assay_log.customer VALUES (99, 1, 'eve', 1, NULL)`, { commit: 99, what: "history" }],
  [
    "a doubled change",
    `INSERT INTO assay_log.customer SELECT * FROM assay_log.customer WHERE name = 'big'`,
    { commit: 3, what: "history" },
  ],
  ["a change at a load", `INSERT INTO assay_log."order" VALUES (6, 1, 9, 'ann', 1, '', NULL)`, { commit: 6, what: "history" }],
  ["a fact that no commit made", "INSERT INTO customer VALUES ('eve', 5)", { commit: 7, what: "facts" }],
  ["a fact that is gone", `DELETE FROM "order"`, { commit: 7, what: "facts" }],
  ["a fact that is altered", "UPDATE customer SET credit = 7 WHERE name = 'big'", { commit: 7, what: "facts" }],
  ["a doubled fact", "INSERT INTO customer SELECT * FROM customer", { commit: 7, what: "facts" }],
];

test("the log of an untouched fact base checks, and every kind of tampering is found at its commit", async () => {
  const folder = await mkdtemp(join(tmpdir(), "assay-log-"));
  const original = join(folder, "base.db");
  try {
    await makeBase(original);
    const untouched = await tampered(original, []);
    assert.deepEqual([untouched.ok, untouched.commits, untouched.break], [true, 7, null]);
    for (const [name, statement, expected] of cases) {
      const copy = join(folder, "copy.db");
      await copyFile(original, copy);
      const check = await tampered(copy, [statement]);
      assert.equal(check.ok, false, name);
      assert.deepEqual({ commit: check.break?.commit, what: check.break?.what }, expected, `${name}: ${check.break?.detail}`);
      await rm(copy);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("theories in force whose stored text was altered are not run", async () => {
  const folder = await mkdtemp(join(tmpdir(), "assay-log-"));
  const path = join(folder, "base.db");
  try {
    await makeBase(path);
    await assert.rejects(tampered(path, ["UPDATE assay.theory_file SET body = replace(body, '< 0', '< 1')"]), {
      code: "store.theory_altered",
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});
