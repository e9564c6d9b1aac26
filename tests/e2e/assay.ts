import { spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { TestContext } from "node:test";
import { main } from "../../api/cli/main.ts";
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
}

/** Runs a command line from its composition root, in this process, with streams of its own: neither is a terminal. */
export async function assay(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const before = process.cwd();
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const said = Promise.all([text(stdout), text(stderr)]);
  let code = 0;
  if (options.cwd !== undefined) process.chdir(options.cwd);
  try {
    const stdin = Readable.from([Buffer.from(options.input ?? "")]);
    await main(args, { stdin, stdout, stderr, setExitCode: (given) => (code = given) });
  } finally {
    process.chdir(before);
    stdout.end();
    stderr.end();
  }
  const [out, err] = await said;
  return { code, stdout: out, stderr: err };
}

/** Runs with `--json` and reads the envelope; what stands on stdout must be that and nothing else. */
export async function assayJson<T = Record<string, unknown>>(
  args: readonly string[],
  options: RunOptions = {},
): Promise<Ran & { envelope: Envelope<T> }> {
  const ran = await assay([...args, "--json"], options);
  try {
    return { ...ran, envelope: JSON.parse(ran.stdout) as Envelope<T> };
  } catch (cause) {
    throw new Error(`stdout is no JSON: ${ran.stdout}${ran.stderr}`, { cause });
  }
}

/** Runs the command line as a user would, in a process of its own. */
export function assayProcess(args: readonly string[], options: RunOptions & { readonly env?: Readonly<Record<string, string>> } = {}): Ran {
  const { NO_COLOR: _no, FORCE_COLOR: _force, ...env } = process.env;
  const done = spawnSync(process.execPath, [launcher, ...args], {
    encoding: "utf8",
    input: options.input ?? "",
    env: { ...env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  return { code: done.status, stdout: done.stdout, stderr: done.stderr };
}

/** A folder of its own for one test, removed behind it. */
export function folder(context: TestContext): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "assay-")));
  context.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
