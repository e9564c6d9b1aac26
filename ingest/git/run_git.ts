import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { AssayError } from "../../schema/assay_error.ts";
import type { Limits } from "../../schema/limits.ts";

const ERROR_CHARACTERS = 400;

/**
 * Settings that a repository which is not trusted must not choose: no program of its own is run, no network is used, what its objects say
 * is neither replaced nor cached. Git's own settings files outside the repository are not read.
 */
const SETTINGS = [
  "core.fsmonitor=false",
  "core.hooksPath=/dev/null",
  "core.commitGraph=false",
  "core.pager=cat",
  "log.showSignature=false",
  "protocol.allow=never",
];
const ENVIRONMENT = {
  LC_ALL: "C",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_TERMINAL_PROMPT: "0",
  GIT_OPTIONAL_LOCKS: "0",
  GIT_NO_REPLACE_OBJECTS: "1",
  GIT_GRAFT_FILE: "/dev/null",
  GIT_NO_LAZY_FETCH: "1",
};

export interface Ran {
  readonly code: number;
  readonly stderr: string;
}

/**
 * Runs a git command in the repository at `folder` and hands its output on in pieces. The arguments reach git as they are: no shell reads
 * them. Whoever gives a name that others chose puts it behind `--end-of-options` or as a checked object id.
 * Errors: `git.not_found` where there is no git, `limit.git_ms` past the bound.
 */
export async function runGit(
  folder: string,
  args: readonly string[],
  limits: Pick<Limits, "git_ms">,
  onOutput: (chunk: Buffer) => void,
): Promise<Ran> {
  const path = resolve(folder);
  const settings = [...SETTINGS, `safe.directory=${path}`].flatMap((setting) => ["-c", setting]);
  const child = spawn("git", ["-C", path, ...settings, ...args], {
    env: { PATH: process.env["PATH"], ...ENVIRONMENT },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), limits.git_ms);
  let stderr = "";
  let fault: unknown = null;
  child.stderr.on("data", (chunk: Buffer) => {
    if (stderr.length < ERROR_CHARACTERS) stderr += chunk.toString("utf8");
  });
  child.stdout.on("data", (chunk: Buffer) => {
    if (fault !== null) return;
    try {
      onOutput(chunk);
    } catch (cause) {
      fault = cause;
      child.kill("SIGKILL");
    }
  });
  return new Promise((settle, fail) => {
    child.on("error", (cause: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      const isAbsent = cause.code === "ENOENT";
      fail(isAbsent ? new AssayError("git.not_found", "there is no `git` on the path", { cause }) : cause);
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (fault !== null) fail(fault);
      else if (signal !== null) fail(new AssayError("limit.git_ms", `git took longer than ${limits.git_ms} ms`, { place: folder }));
      else settle({ code: code ?? 1, stderr: stderr.slice(0, ERROR_CHARACTERS).trim() });
    });
  });
}
