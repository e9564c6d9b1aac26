import type { Adapter, AdapterFacts, AdapterOptions } from "../adapter.ts";
import { addComputedFacts } from "./computed_facts.ts";
import { addHiddenLockFacts } from "./hidden_lock_facts.ts";
import { addInstalledFacts } from "./installed_facts.ts";
import { addLockFacts } from "./lock_facts.ts";
import { outwardOf } from "./lock_path.ts";
import { findLockfile, openLockfile } from "./lockfile.ts";
import { addNodeVersion, addPlatformFacts } from "./machine_facts.ts";
import { addManifestFacts } from "./manifest_facts.ts";
import { addPolicyFacts } from "./policy_facts.ts";
import { Reading } from "./reading.ts";

/**
 * Reads an npm project, named by its lockfile or its folder, as the base relations of the theory `npm`: what the lockfile claims,
 * what package.json asks for, what is installed, and what semver and SPDX make of it. Places are relative to the project's folder.
 * Errors (`AssayError`): those of `openLockfile`, `addManifestFacts`, `addInstalledFacts` and `addPolicyFacts`.
 */
export const npmAdapter: Adapter = {
  theory: "npm",
  accepts: async (path) => (await findLockfile(path)) !== null,
  read: readProject,
};

async function readProject(path: string, options: AdapterOptions): Promise<AdapterFacts> {
  const lockfile = await openLockfile(path, options.limits);
  const reading = new Reading(options.limits);
  addLockFacts(lockfile, reading);
  const manifest = await addManifestFacts(lockfile, reading);
  await addPolicyFacts(lockfile, reading);
  await addNodeVersion(lockfile, manifest, reading);
  await addPlatformFacts(reading);
  addInstalledFacts(lockfile, reading);
  await addHiddenLockFacts(lockfile, reading);
  addDirectories(reading);
  addComputedFacts(reading.sheet);
  return { facts: reading.sheet.facts(), places: reading.sheet.places(), quarantined: reading.quarantined, events: reading.events };
}

/** Where Node looks next, for every directory that some package is asked for from. */
function addDirectories(reading: Reading): void {
  for (const [path = ""] of reading.sheet.symbols("package", 0)) {
    for (let directory = path, outer = outwardOf(path); outer !== null; directory = outer, outer = outwardOf(outer)) {
      reading.sheet.add("outward", [directory, outer], null);
    }
  }
}
