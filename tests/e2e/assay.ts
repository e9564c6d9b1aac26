import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Envelope } from "../../schema/envelope.ts";

export const launcher = join(import.meta.dirname, "..", "..", "api", "cli", "assay.mjs");

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the command line as a user would, in a process of its own, with neither stream a terminal. */
export function assay(args: readonly string[], options: RunOptions = {}): Ran {
  const { NO_COLOR: _no, FORCE_COLOR: _force, ...env } = process.env;
  const done = spawnSync(process.execPath, [launcher, ...args], {
    encoding: "utf8",
    input: options.input ?? "",
    env: { ...env, ...options.env },
    maxBuffer: 1 << 28,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  return { code: done.status, stdout: done.stdout, stderr: done.stderr };
}

/** Runs with `--json` and reads the envelope; what stands on stdout must be that and nothing else. */
export function assayJson<T = Record<string, unknown>>(args: readonly string[], options: RunOptions = {}): Ran & { envelope: Envelope<T> } {
  const ran = assay([...args, "--json"], options);
  return { ...ran, envelope: JSON.parse(ran.stdout) as Envelope<T> };
}

/** A folder of its own for one test, removed behind it. */
export function folder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "assay-"));
  context.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
