import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { launcher } from "./assay.ts";

/** A folder of a test file's own. */
export function temporary(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "assay-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** `assay serve` in a process of its own, once it listens. */
export interface ServingProcess {
  readonly child: ChildProcess;
  readonly url: string;
  /** Its exit code and the signal that ended it. */
  readonly exited: Promise<[number | null, NodeJS.Signals | null]>;
}

/** `files`: how many files it may have open; as many as we may where null. `env` is added to ours. */
export async function servingProcess(
  more: readonly string[],
  files: number | null = null,
  env: Readonly<Record<string, string>> = {},
): Promise<ServingProcess> {
  const command = [process.execPath, launcher, "serve", "--port", "0", "--log-level", "silent", "--json", ...more];
  const [program = "", ...args] = files === null ? command : ["sh", "-c", `ulimit -n ${files} && exec "$0" "$@"`, ...command];
  const child: ChildProcess = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, ...env } });
  const exited = once(child, "exit") as ServingProcess["exited"];
  if (child.stdout === null) throw new Error("a pipe was asked for");
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  const { data } = JSON.parse(line) as { data: { url: string } };
  return { child, url: data.url, exited };
}

/** A service over a fact base, which can be told to stop. */
export interface Serving {
  readonly url: string;
  stop(): Promise<void>;
}

export async function serving(db: string, ...more: readonly string[]): Promise<Serving> {
  const { child, url, exited } = await servingProcess(["--db", db, ...more]);
  return {
    url,
    async stop() {
      child.kill("SIGINT");
      await exited;
    },
  };
}
