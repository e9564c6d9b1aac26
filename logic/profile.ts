import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { AssayError } from "../schema/assay_error.ts";
import { sha256 } from "../schema/canonical.ts";
import { PROFILE, type Profile, readProfile } from "./profile_toml.ts";
import { type Theory, theoryOf } from "./theory.ts";
import { readTheoryText } from "./theory_files.ts";

/** The folder of a theory, or of a policy, that holds profiles, each a file `<name>.toml`. */
const FOLDER = "profiles";

/** The names of the profiles that come with a theory, sorted; none for one that was rebuilt from stored text. */
export async function profileNames(theory: Theory): Promise<string[]> {
  const folder = theory.directory === null ? null : join(theory.directory, FOLDER);
  if (folder === null || !existsSync(folder)) return [];
  return (await readdir(folder)).flatMap((name) => (name.endsWith(".toml") ? [name.slice(0, -".toml".length)] : [])).toSorted();
}

/**
 * The theory as it judges under the profile: the same files and the profile's, so that its hash tells the profile. A profile is looked for
 * in `profiles/` of the folders given, then of the theory. Null where there is none of that name. Errors: those of `readProfile`
 * and of reading a file.
 */
export async function withProfile(theory: Theory, name: string, folders: readonly string[] = []): Promise<Theory | null> {
  for (const folder of [...folders, ...(theory.directory === null ? [] : [theory.directory])]) {
    const path = join(folder, FOLDER, `${name}.toml`);
    if (!/^[a-z][a-z0-9_-]*$/.test(name) || !existsSync(path)) continue;
    const text = await readTheoryText(path);
    const profile = readProfile(text, path);
    if (profile.name !== name) throw new AssayError("theory.profile", `the profile calls itself \`${profile.name}\``, { place: path });
    return theoryOf(new Map([...theory.files, [PROFILE, text]]), theory.directory);
  }
  return null;
}

/**
 * The theories with the profile, those that have one of that name, and the others as they are. Errors: `theory.profile_not_found` where none
 * has; those of `withProfile`.
 */
export async function underProfile(theories: readonly Theory[], name: string, folders: readonly string[] = []): Promise<Theory[]> {
  const found = await Promise.all(theories.map((theory) => withProfile(theory, name, folders)));
  if (found.every((theory) => theory === null)) {
    const names = [...new Set((await Promise.all(theories.map(profileNames))).flat())].toSorted();
    const help = names.length === 0 ? "leave the profile out" : `profiles: ${names.join(", ")}`;
    throw new AssayError("theory.profile_not_found", `there is no profile \`${name}\``, { help });
  }
  return found.map((theory, index) => theory ?? (theories[index] as Theory));
}

/** The profile that a theory judges under, and `sha256:` and the SHA-256 of its text; null for a theory without. Errors: `theory.profile`. */
export function profileOf(theory: Theory): { readonly profile: Profile; readonly hash: string } | null {
  const text = theory.files.get(PROFILE);
  return text === undefined ? null : { profile: readProfile(text, `${theory.name}/${PROFILE}`), hash: sha256(text) };
}
