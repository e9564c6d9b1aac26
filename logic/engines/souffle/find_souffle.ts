import { spawnSync } from "node:child_process";
import { AssayError } from "../../../schema/assay_error.ts";

const ASK_MS = 10_000;

/** A Soufflé of the machine's. */
export interface Souffle {
  readonly command: string;
  /** As it tells it; empty for a build without one. */
  readonly version: string;
  /** How many bits its numbers have, which is settled when it is built. */
  readonly word_bits: 32 | 64;
  /** `compiled` makes a binary of a program first, once: it takes 10 to 25 seconds and a C++ compiler, and pays for itself on long runs only. */
  readonly mode: "interpreted" | "compiled";
}

/** The Soufflé at `path`, or `souffle` on the PATH where that is null. Errors: `souffle.not_found`, which says how to get one. */
export function findSouffle(path: string | null, mode: Souffle["mode"] = "interpreted"): Souffle {
  const command = path ?? "souffle";
  const asked = spawnSync(command, ["--version"], { encoding: "utf8", timeout: ASK_MS });
  if (asked.status !== 0 || !/Souffle/u.test(asked.stdout)) {
    throw new AssayError("souffle.not_found", `\`${command}\` is no Soufflé that runs on this machine`);
  }
  const version = /^Version:[ \t]*(\S*)/mu.exec(asked.stdout)?.[1] ?? "";
  return { command, version, word_bits: /Word size:\s*64/u.test(asked.stdout) ? 64 : 32, mode };
}
