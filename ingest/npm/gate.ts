import { hash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname, relative } from "node:path";
import { AssayError } from "../../schema/assay_error.ts";
import type { GateAdapter, GateFacts, GateReadOptions, GateSource } from "../gate_adapter.ts";
import { npmAdapter } from "./adapter.ts";
import { findLockfile } from "./lockfile.ts";

/**
 * One npm project for the gate: what `npmAdapter` reads of it. Its facts say what the project is, so all of them replace those of before.
 * Errors: those of `npmAdapter`; `gate.sources` for none or several projects, or a stream.
 */
export const npmGate: GateAdapter = { theory: "npm", read: readProject };

async function readProject(sources: readonly GateSource[], { limits, at }: GateReadOptions): Promise<GateFacts> {
  const [source, ...others] = sources;
  if (source === undefined || !("path" in source) || others.length > 0) {
    throw new AssayError("gate.sources", "an npm project is gated by itself, from its folder or lockfile");
  }
  const read = await npmAdapter.read(source.path, { limits, now: at });
  const lockfile = await findLockfile(source.path);
  if (lockfile === null) throw new Error("a lockfile that was read is gone");
  const folder = relative(".", dirname(lockfile));
  const sha256 = hash("sha256", await readFile(lockfile), "hex");
  return { ...read, subjects: [{ name: relative(folder, lockfile), sha256 }], replaces: [...read.facts.keys()], folder };
}
