import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Relation } from "../../schema/relation.ts";
import type { Row } from "../../schema/value.ts";

const SOUFFLE = process.env["SOUFFLE"] ?? "souffle";

/** Why tests that need Soufflé are skipped, or false where it is on this machine: on the PATH, or where `SOUFFLE` says. */
export function withoutSouffle(): string | false {
  const version = spawnSync(SOUFFLE, ["--version"], { encoding: "utf8" });
  if (version.status !== 0) return "souffle is not on this machine";
  return /Word size: 64/.test(version.stdout) ? false : "souffle has 32-bit numbers";
}

/** What Soufflé derives, rows as sorted text by relation; null where it fails or warns, as it does where we are undecided. */
export function runSouffle(text: string, relations: readonly Relation[]): Map<string, string[]> | null {
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

/** Our rows as `runSouffle` gives Soufflé's: it prints floats with few digits. */
export function souffleRows(rows: readonly Row[], relation: Relation): string[] {
  if (relation.attributes.length === 0) return rows.map(() => "()");
  return rows.map((row) => rowText(row.map(String), relation)).sort();
}

function rowText(row: readonly string[], relation: Relation): string {
  return row.map((value, at) => (relation.attributes[at]?.type === "float" ? Number(value).toPrecision(4) : value)).join("\t");
}
