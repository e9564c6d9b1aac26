import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quoteText, type SqlSession } from "../schema/sql_session.ts";

/** The Soufflé on this machine: `$SOUFFLE`, or `souffle` on the path; null where there is none. */
export function findSouffle(): string | null {
  const command = process.env["SOUFFLE"] ?? "souffle";
  return spawnSync(command, ["--version"]).status === 0 ? command : null;
}

/** A folder of tab-separated `.facts` files, as Soufflé reads them, made of table expressions. The caller calls `remove`. */
export async function factFolder(
  session: SqlSession,
  tables: Readonly<Record<string, string>>,
): Promise<{ path: string; remove: () => void }> {
  const path = mkdtempSync(join(tmpdir(), "assay-souffle-"));
  mkdirSync(join(path, "out"));
  for (const [relation, table] of Object.entries(tables)) {
    await session.run(`COPY (FROM ${table}) TO ${quoteText(join(path, `${relation}.facts`))} (FORMAT csv, HEADER false, DELIMITER '\t')`);
  }
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Runs a program with Soufflé's interpreter over a fact folder, reading and writing included. Throws where Soufflé fails. Returns its output. */
export function runSouffle(souffle: string, program: string, folder: string): string {
  return run(souffle, ["-F", folder, "-D", join(folder, "out"), program]);
}

/** Compiles a program into a binary, single-threaded; null where this machine has no C++ compiler that can. Takes 10 to 25 seconds. */
export function compileSouffle(souffle: string, program: string, binary: string): string | null {
  return spawnSync(souffle, ["-o", binary, program]).status === 0 ? binary : null;
}

/** Runs a compiled program over a fact folder, reading and writing included. Throws where it fails. Returns its output. */
export function runCompiled(binary: string, folder: string): string {
  return run(binary, ["-F", folder, "-D", join(folder, "out")]);
}

function run(command: string, args: readonly string[]): string {
  const ran = spawnSync(command, args, { encoding: "utf8" });
  if (ran.status !== 0) throw new Error(`${command} failed: ${ran.stderr}`);
  return ran.stdout;
}
