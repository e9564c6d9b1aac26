import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { checkLaws } from "../../logic/engines/duckdb/check_laws.ts";
import type { Relation } from "../../schema/relation.ts";
import type { Row, Value } from "../../schema/value.ts";
import { type DuckDbSession, openMemory } from "../../verify/store/duckdb_session.ts";
import { Choices } from "../support/choices.ts";
import { inputOver } from "../support/duckdb_facts.ts";
import { NotInSouffle, souffleText } from "../support/ir_souffle.ts";
import { randomCase } from "../support/random_programs.ts";

const SOUFFLE = process.env["SOUFFLE"] ?? "souffle";
const RUNS = Number(process.env["ASSAY_PROPERTY_RUNS"] ?? 250);
const version = spawnSync(SOUFFLE, ["--version"], { encoding: "utf8" });
const skip =
  version.status !== 0 ? "souffle is not on this machine" : /Word size: 64/.test(version.stdout) ? false : "souffle has 32-bit numbers";

let session: DuckDbSession;
before(async () => {
  session = await openMemory({ threads: "1" });
});
after(() => session.close());

/** What Soufflé derives, rows as sorted text by relation; null where it fails or warns, as it does where we are undecided. */
function runSouffle(text: string, relations: readonly Relation[]): Map<string, string[]> | null {
  const folder = mkdtempSync(join(tmpdir(), "assay-souffle-"));
  try {
    const file = join(folder, "case.dl");
    writeFileSync(file, text);
    const run = spawnSync(SOUFFLE, ["--no-preprocessor", "--no-warn", "-D", folder, file], { encoding: "utf8", timeout: 20_000 });
    assert.equal(run.error, undefined);
    if (run.status !== 0) return null;
    return new Map(relations.map((relation) => [relation.name, readRows(join(folder, `${relation.name}.csv`), relation)]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readRows(file: string, relation: Relation): string[] {
  assert.ok(existsSync(file));
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  if (relation.attributes.length === 0) return lines;
  return lines.map((line) => rowText(line.split("\t"), relation)).sort();
}

function rowText(row: readonly (Value | string)[], relation: Relation): string {
  return row.map((value, at) => (relation.attributes[at]?.type === "float" ? Number(value).toPrecision(4) : String(value))).join("\t");
}

test("the engine and Soufflé derive the same tuples", { skip }, async () => {
  let compared = 0;
  let tuples = 0;
  const failed: string[] = [];
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(9999), { minLength: 10, maxLength: 160, size: "max" }), async (numbers) => {
      const { program, facts, repeats } = randomCase(new Choices(numbers));
      const derived = [...program.relations.values()].filter(({ role }) => role === "derived");
      const check = await checkLaws(await inputOver(session, program, facts, { rounds: 60, rows_derived: 2000 }, repeats));
      try {
        if (check.undecided !== null) return;
        const text = souffleText(program, facts);
        const theirs = runSouffle(text, derived);
        if (theirs === null) {
          failed.push(text);
          return;
        }
        compared++;
        for (const relation of derived) {
          const rows = (await check.witnesses(`t.${relation.name}`, 0, 10_000)) as Row[];
          const ours = relation.attributes.length === 0 ? rows.map(() => "()") : rows.map((row) => rowText(row, relation)).sort();
          tuples += ours.length;
          assert.deepEqual(ours, theirs.get(relation.name), text);
        }
      } catch (error) {
        if (!(error instanceof NotInSouffle)) throw error;
      } finally {
        await check.close();
      }
    }),
    { numRuns: RUNS },
  );
  assert.ok(
    compared > RUNS / 5 && tuples > RUNS / 5,
    `${compared} programs compared, ${tuples} tuples, ${failed.length} refused there: ${failed[0] ?? ""}`,
  );
});
