import { join } from "node:path";
import { AssayError } from "../../schema/assay_error.ts";
import { membersOf, readJsonTree, textOf } from "./json_tree.ts";
import { integrityItems } from "./lock_facts.ts";
import type { Lockfile } from "./lockfile.ts";
import { readIfThere } from "./manifest_facts.ts";
import type { Reading } from "./reading.ts";

const HIDDEN_LOCKFILE = "node_modules/.package-lock.json";

/**
 * Adds the hashes of what npm unpacked, which it noted in `node_modules/.package-lock.json` when it installed: a record made by
 * another hand than the lockfile's. One that is absent or broken is an event. Errors: `npm.unreadable`.
 */
export async function addHiddenLockFacts(lockfile: Lockfile, reading: Reading): Promise<void> {
  const bytes = await readIfThere(join(lockfile.directory, HIDDEN_LOCKFILE), HIDDEN_LOCKFILE);
  if (bytes === null) {
    if (reading.sheet.rows("measured").some(([what]) => what === "node_modules")) {
      reading.notice("npm.no_hidden_lockfile", "node_modules has no record of the hashes that npm unpacked", HIDDEN_LOCKFILE);
    }
    return;
  }
  try {
    const tree = readJsonTree(bytes, { source: HIDDEN_LOCKFILE, limits: reading.limits, duplicates: "refuse" });
    for (const [path, { value }] of membersOf(membersOf(tree.root).get("packages")?.value)) {
      const integrity = membersOf(value).get("integrity");
      if (integrity === undefined) continue;
      for (const { algorithm, digest } of integrityItems(textOf(integrity.value) ?? "")) {
        reading.sheet.add("installed_integrity", [path, algorithm, digest], tree.place(integrity.offset));
      }
    }
    reading.sheet.add("measured", ["hidden_lockfile"], HIDDEN_LOCKFILE);
  } catch (cause) {
    if (!(cause instanceof AssayError)) throw cause;
    reading.notice("npm.no_hidden_lockfile", `npm's record of the hashes it unpacked does not read: ${cause.detail}`, cause.place);
  }
}
