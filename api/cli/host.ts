import type { Readable, Writable } from "node:stream";
import type { ExitCode } from "./outcome.ts";

/** What the command line is run by: a process, or a test. */
export interface Host {
  readonly stdin: Readable;
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  /** Called before the answer is printed, so that it holds even where the reader goes away. */
  setExitCode(code: ExitCode): void;
}

export const processHost: Host = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  setExitCode: (code) => {
    process.exitCode = code;
  },
};
