import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { isAbsolute, join, posix, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { AssayError } from "../schema/assay_error.ts";
import { canonicalJson, sha256 } from "../schema/canonical.ts";
import type { Diagnostic } from "../schema/diagnostic.ts";
import { type LimitName, type Limits, limitsWith } from "../schema/limits.ts";
import { compile } from "./language/compile.ts";
import { didYouMean } from "./language/did_you_mean.ts";
import type { IrProgram } from "./language/ir.ts";
import { readPrograms } from "./language/read_programs.ts";
import { PROFILE, readProfile, weighed } from "./profile_toml.ts";
import { isProgram, MANIFEST, readTheoryFiles } from "./theory_files.ts";
import { readManifest } from "./theory_toml.ts";

/** A theory as text: what its folder says and the programs in it. Scenarios are apart: they are no part of what it means. */
export interface Theory {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly needs: readonly string[];
  readonly limits: Partial<Limits>;
  /** `theory.toml`, the programs, and a `profile.toml` where one was chosen, by their paths relative to the folder, separated by `/`. */
  readonly files: ReadonlyMap<string, string>;
  /** `sha256:` and the SHA-256 of the RFC 8785 JSON of each file's path and the SHA-256 of its text in UTF-8. */
  readonly hash: string;
  /** Null where it was rebuilt from stored text. */
  readonly directory: string | null;
}

export interface CompiledTheories {
  readonly program: IrProgram | null;
  /** Hashes by theory name. */
  readonly theories: Readonly<Record<string, string>>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads a theory folder. Errors: those of `readTheoryFiles` and `theoryOf`. */
export async function readTheory(directory: string): Promise<Theory> {
  return theoryOf(await readTheoryFiles(directory), resolve(directory));
}

/**
 * Makes a theory of its files' texts, `theory.toml` among them. `directory` is where they were read, null for stored text. Errors:
 * `theory.manifest`, `theory.empty`.
 */
export function theoryOf(files: ReadonlyMap<string, string>, directory: string | null = null): Theory {
  const place = directory === null ? MANIFEST : displayPath(join(directory, MANIFEST));
  const manifest = files.get(MANIFEST);
  if (manifest === undefined) throw new AssayError("theory.manifest", `\`${MANIFEST}\` is missing`, { place });
  const read = readManifest(manifest, place);
  if (![...files.keys()].some(isProgram)) throw new AssayError("theory.empty", `the theory \`${read.name}\` has no programs`, { place });
  const digests = [...files].map(([path, text]) => [path, createHash("sha256").update(text, "utf8").digest("hex")] as const);
  return { ...read, files, hash: sha256(canonicalJson(Object.fromEntries(digests))), directory };
}

/**
 * Finds a theory: the name of a shipped one, or else a folder. A path with a separator is always a folder. Errors:
 * `theory.not_found`, and those of `readTheory`.
 */
export async function findTheory(nameOrDirectory: string): Promise<Theory> {
  const isName = !/[\\/]/.test(nameOrDirectory) && nameOrDirectory !== "." && nameOrDirectory !== "..";
  if (isName && existsSync(join(shippedDirectory(), nameOrDirectory, MANIFEST)))
    return readTheory(join(shippedDirectory(), nameOrDirectory));
  if (existsSync(join(nameOrDirectory, MANIFEST))) return readTheory(nameOrDirectory);
  const shipped = await shippedTheories();
  const help = didYouMean(
    nameOrDirectory,
    isName ? shipped : [],
    `shipped theories: ${shipped.join(", ")}; or a folder with a \`${MANIFEST}\``,
  );
  throw new AssayError("theory.not_found", `there is no theory \`${nameOrDirectory}\``, { help });
}

/** The names of the theories that come with Assay, sorted. */
export async function shippedTheories(): Promise<string[]> {
  const directory = shippedDirectory();
  if (!existsSync(directory)) return [];
  return (await readdir(directory)).filter((name) => existsSync(join(directory, name, MANIFEST))).toSorted();
}

/**
 * Adds the theories that the given ones need, directly or not; each theory comes after those that it needs, in the order given otherwise. A needed
 * theory is one of those given, a folder beside the needing one, or a shipped one. Errors: `theory.need_missing`, `theory.name_clash`.
 */
export async function withNeeds(theories: readonly Theory[]): Promise<Theory[]> {
  const known = new Map(uniqueTheories(theories).map((theory) => [theory.name, theory]));
  const ordered: Theory[] = [];
  const entered = new Set<string>();
  const add = async (theory: Theory): Promise<void> => {
    if (entered.has(theory.name)) return;
    entered.add(theory.name);
    for (const need of theory.needs) await add(known.get(need) ?? (await findNeed(need, theory)));
    ordered.push(theory);
  };
  for (const theory of known.values()) await add(theory);
  return ordered;
}

/**
 * Parses and compiles a set of theories, which the caller has completed by `withNeeds`. Laws weigh what the theories' profiles say.
 * Errors: `theory.name_clash`, `theory.profile`.
 */
export function compileTheories(theories: readonly Theory[]): CompiledTheories {
  const set = uniqueTheories(theories);
  const read = set.map((theory) => ({ theory: theory.name, ...readTheoryPrograms(theory) }));
  const compiled = compile(read, limitsOf(set));
  const syntax = read.flatMap((one) => one.diagnostics);
  const broken = syntax.some((diagnostic) => diagnostic.severity === "error");
  const diagnostics = [...syntax, ...compiled.diagnostics.filter((one) => !broken || !followsFromSyntax(one))];
  const hashes = Object.fromEntries(set.map((theory) => [theory.name, theory.hash]));
  const program = broken ? null : compiled.program;
  return { program: program === null ? null : set.reduce(underItsProfile, program), theories: hashes, diagnostics };
}

function underItsProfile(program: IrProgram, { name, files }: Theory): IrProgram {
  const text = files.get(PROFILE);
  return text === undefined ? program : weighed(program, name, readProfile(text, `${name}/${PROFILE}`));
}

function readTheoryPrograms(theory: Theory): ReturnType<typeof readPrograms> {
  const shown = (path: string): string =>
    theory.directory === null ? `${theory.name}/${path}` : displayPath(join(theory.directory, path));
  const pathOf = new Map([...theory.files.keys()].map((path) => [shown(path), path]));
  const entry = [...theory.files].filter(([path]) => isProgram(path)).map(([path, text]) => ({ path: shown(path), text }));
  return readPrograms(entry, (fromPath, includePath) => {
    const path = posix.join(posix.dirname(pathOf.get(fromPath) ?? ""), includePath);
    const text = theory.files.get(path);
    return text === undefined || !isProgram(path) ? null : { path: shown(path), text };
  });
}

/** What a program lacks because a part of it could not be read is not worth a remark of its own. */
function followsFromSyntax(diagnostic: Diagnostic): boolean {
  return ["check.unknown_relation", "check.unknown_type", "check.never_fed", "check.law_never_fires"].includes(diagnostic.code);
}

async function findNeed(need: string, theory: Theory): Promise<Theory> {
  const beside = theory.directory === null ? null : join(theory.directory, "..", need);
  for (const directory of [beside, join(shippedDirectory(), need)]) {
    if (directory !== null && existsSync(join(directory, MANIFEST))) return readTheory(directory);
  }
  throw new AssayError("theory.need_missing", `the theory \`${theory.name}\` needs \`${need}\`, which cannot be found`, {
    place: theory.directory === null ? null : displayPath(join(theory.directory, MANIFEST)),
  });
}

/** Each theory once; two of one name must have one hash. */
function uniqueTheories(theories: readonly Theory[]): Theory[] {
  const known = new Map<string, Theory>();
  for (const theory of theories) {
    const first = known.get(theory.name);
    if (first === undefined) known.set(theory.name, theory);
    else if (first.hash !== theory.hash) throw new AssayError("theory.name_clash", `two different theories are named \`${theory.name}\``);
  }
  return [...known.values()];
}

/** The bounds of a set: of those that several theories set, the smallest. */
function limitsOf(theories: readonly Theory[]): Limits {
  const bounds: { [name in LimitName]?: number } = {};
  for (const theory of theories) {
    for (const [name, value] of Object.entries(theory.limits) as [LimitName, number][])
      bounds[name] = Math.min(value, bounds[name] ?? value);
  }
  return limitsWith(bounds);
}

function shippedDirectory(): string {
  return fileURLToPath(new URL("./theories", import.meta.url));
}

/** A path as people name it: relative to the working directory where it lies inside, else absolute. */
function displayPath(path: string): string {
  const inside = relative(process.cwd(), path);
  return (isAbsolute(inside) || inside.startsWith("..") ? resolve(path) : inside).split(sep).join("/");
}
