import { spawn } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AssayError } from "../../../schema/assay_error.ts";
import { sha256 } from "../../../schema/canonical.ts";
import type { Souffle } from "./find_souffle.ts";

const KILOBYTES_A_MEGABYTE = 1024;
const ERROR_CHARACTERS = 20_000;

export interface SouffleRun {
  readonly souffle: Souffle;
  /** The program file; its text is what a compiled program is kept under. */
  readonly file: string;
  readonly text: string;
  readonly facts: string;
  readonly output: string;
  readonly time_ms: number;
  readonly memory_mb: number;
}

/** How a run ended: by itself, with what it said on standard error, or stopped at its time. */
export type SouffleEnd = { readonly kind: "ended"; readonly status: number | null; readonly said: string } | { readonly kind: "late" };

/** Runs Soufflé over a folder of facts, a process a run, killed past its time and refused memory past its bound. Errors: `souffle.failed` where no binary can be made. */
export async function runSouffle(run: SouffleRun): Promise<SouffleEnd> {
  const folders = ["-F", run.facts, "-D", run.output];
  if (run.souffle.mode === "interpreted") {
    return start(run, run.souffle.command, ["--no-preprocessor", "--no-warn", ...folders, run.file]);
  }
  const binary = await compiled(run);
  return start(run, binary, folders);
}

/** The binary of a program, kept by the hash of its text and of the Soufflé that made it. */
async function compiled(run: SouffleRun): Promise<string> {
  const folder = join(tmpdir(), `assay-souffle-${process.getuid?.() ?? 0}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const binary = join(
    folder,
    sha256(`${run.souffle.command}\0${run.souffle.version}\0${run.souffle.word_bits}\0${run.text}`).replace(":", "-"),
  );
  if (existsSync(binary)) return binary;
  const made = `${binary}.${process.pid}`;
  const end = await start(run, run.souffle.command, ["--no-preprocessor", "--no-warn", "-o", made, run.file]);
  if (end.kind === "late" || end.status !== 0 || !existsSync(made)) {
    rmSync(made, { force: true });
    const why = end.kind === "late" ? `it took longer than ${run.time_ms} milliseconds` : end.said.trim().slice(0, 500);
    throw new AssayError("souffle.failed", `\`${run.souffle.command}\` could not compile the program: ${why}`);
  }
  renameSync(made, binary);
  return binary;
}

function start(run: SouffleRun, command: string, args: readonly string[]): Promise<SouffleEnd> {
  const bound = `ulimit -v ${run.memory_mb * KILOBYTES_A_MEGABYTE}; exec "$0" "$@"`;
  const child = spawn("sh", ["-c", bound, command, ...args], { stdio: ["ignore", "ignore", "pipe"], detached: true });
  let said = "";
  let isLate = false;
  child.stderr.setEncoding("utf8").on("data", (part: string) => {
    if (said.length < ERROR_CHARACTERS) said += part;
  });
  const timer = setTimeout(() => {
    isLate = true;
    // The whole group: compiling runs a compiler of its own.
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  }, run.time_ms);
  return new Promise((resolve, reject) => {
    child.on("error", (cause) => {
      clearTimeout(timer);
      reject(new AssayError("souffle.failed", `\`${command}\` could not be started`, { cause }));
    });
    child.on("close", (status) => {
      clearTimeout(timer);
      resolve(isLate ? { kind: "late" } : { kind: "ended", status, said });
    });
  });
}
