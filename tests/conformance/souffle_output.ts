import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SouffleCase } from "./souffle_cases.ts";

/** What a run wrote: the files by name, and standard output. */
export interface Written {
  readonly files: ReadonlyMap<string, string>;
  readonly stdout: string;
}

/** Says how a run differs from what its case expects, or null. Lines are compared sorted, as Soufflé's own runner does. */
export function difference(one: SouffleCase, written: Written): string | null {
  const { folder, expected } = expectationOf(one, written);
  for (const name of expected) {
    const ours = written.files.get(name);
    if (ours === undefined) return `\`${name}\` was not written`;
    const found = lineDifference(readFileSync(join(folder, name), "utf8"), ours);
    if (found !== null) return `\`${name}\`: ${found}`;
  }
  const more = [...written.files.keys()].filter((name) => name.endsWith(".csv") && !expected.includes(name));
  if (more.length > 0) return `\`${more.join("`, `")}\` should not be written`;
  const stdout = join(one.expected, `${one.name}.out`);
  const found = existsSync(stdout) ? lineDifference(readFileSync(stdout, "utf8"), written.stdout) : null;
  return found === null ? null : `standard output: ${found}`;
}

/** The folder of the expected files. Where a checkout lacks them, for they are large, the Soufflé named by `$SOUFFLE` writes them. */
function expectationOf(one: SouffleCase, written: Written): { readonly folder: string; readonly expected: readonly string[] } {
  const csvIn = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith(".csv"));
  const expected = csvIn(one.expected);
  const souffle = process.env["SOUFFLE"];
  if (expected.length > 0 || written.files.size === 0 || souffle === undefined) return { folder: one.expected, expected };
  const folder = mkdtempSync(join(tmpdir(), "assay-expected-"));
  spawnSync(souffle, ["--no-warn", "-D", folder, "-F", one.facts, one.program], { timeout: 60_000 });
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return { folder, expected: csvIn(folder) };
}

function lineDifference(expected: string, ours: string): string | null {
  const [theirs, mine] = [sortedLines(expected), sortedLines(ours)];
  const at = theirs.findIndex((line, index) => line !== mine[index]);
  if (at < 0 && theirs.length === mine.length) return null;
  const missing = theirs.find((line) => !mine.includes(line));
  const extra = mine.find((line) => !theirs.includes(line));
  return `${theirs.length} lines expected, ${mine.length} written; missing ${JSON.stringify(missing)}, not expected ${JSON.stringify(extra)}`;
}

function sortedLines(text: string): string[] {
  const lines = text.split("\n").map((line) => line.trimEnd());
  if (lines.at(-1) === "") lines.pop();
  return lines.sort();
}
