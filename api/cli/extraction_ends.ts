import { mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { compileTheories, findTheory, type Theory, withNeeds } from "../../logic/theory.ts";
import { AssayError } from "../../schema/assay_error.ts";
import { quoteName } from "../../schema/sql_session.ts";
import type { Row } from "../../schema/value.ts";
import { FactBase } from "../../verify/fact_base.ts";
import { rejected } from "../../verify/load.ts";
import { leftOutOf } from "../jobs/extract_quarantine.ts";
import type { ExtractedFile } from "../jobs/extraction.ts";
import { exactIntegers } from "../report/envelope_json.ts";
import type { Door } from "./door.ts";
import { accountName, withFactBase } from "./fact_base_door.ts";
import { type BaseOptions, factBaseOptions } from "./options.ts";

/** Every file is there, before any model is asked. Errors: `ingest.not_found`, `ingest.directory`. */
export async function assertFiles(files: readonly string[]): Promise<void> {
  for (const file of files) {
    const info = await stat(file).catch(() => null);
    if (info === null) throw new AssayError("ingest.not_found", `there is no file \`${file}\``, { place: file });
    if (info.isDirectory()) throw new AssayError("ingest.directory", `\`${file}\` is a folder`, { place: file });
  }
}

/** The base relations that theories declare themselves, those of the theories that they need left out. Errors: those of `findTheory`; `theory.rejected`. */
export async function ownRelations(names: readonly string[]): Promise<string[]> {
  const own: Theory[] = [];
  for (const name of names) own.push(await findTheory(name));
  const all = await withNeeds(own);
  const needed = basesOf(all.filter(({ name }) => own.every((theory) => theory.name !== name)));
  return [...basesOf(all)].filter((relation) => !needed.has(relation));
}

function basesOf(theories: readonly Theory[]): ReadonlySet<string> {
  if (theories.length === 0) return new Set();
  const { program, diagnostics } = compileTheories(theories);
  if (program === null) throw rejected(diagnostics, "theory.rejected", "the set of theories");
  return new Set([...program.relations.values()].flatMap(({ name, role }) => (role === "base" ? [name] : [])));
}

/** The fact base that a command names; or one in memory, with the theories named and `jobs` in force, which is gone afterwards. */
export async function withExtractionBase<T>(
  door: Door,
  options: BaseOptions & { readonly db?: string; readonly theory: readonly string[] },
  action: (base: FactBase) => Promise<T>,
): Promise<T> {
  if (options.db !== undefined) return withFactBase(door, options.db, options, action);
  const base = await FactBase.create(null, factBaseOptions(door.clock, options));
  try {
    const theories = new Map<string, Theory>();
    for (const name of [...options.theory, "jobs"]) {
      const theory = await findTheory(name);
      theories.set(theory.name, theory);
    }
    const verdict = await base.loadTheory([...theories.values()], { author: accountName(), reason: "extract" });
    if (verdict.verdict !== "accepted") throw new Error(`an empty fact base is ${verdict.verdict}`);
    return await action(base);
  } finally {
    await base.close();
  }
}

/** All facts of some relations. */
export async function storedFacts(base: FactBase, relations: readonly string[]): Promise<Map<string, readonly Row[]>> {
  const facts = new Map<string, readonly Row[]>();
  for (const relation of relations) {
    const columns = base.program.relations.get(relation)?.attributes.map(({ name }) => quoteName(name)) ?? [];
    if (columns.length === 0) continue;
    const { rows } = await base.query({ sql: `SELECT ${columns.join(", ")} FROM ${quoteName(relation)} ORDER BY ALL` });
    facts.set(relation, rows as readonly Row[]);
  }
  return facts;
}

/** Writes what was left out: a JSON object a line, or a file each where `path` is a folder or ends in a slash. Errors: `report.unwritable`. */
export async function writeLeftOut(path: string, files: readonly ExtractedFile[]): Promise<void> {
  const entries = leftOutOf(files);
  const info = await stat(path).catch(() => null);
  try {
    if (info?.isDirectory() === true || path.endsWith("/")) {
      await mkdir(path, { recursive: true });
      for (const { name, entry } of entries) await writeFile(join(path, name), `${JSON.stringify(entry, exactIntegers, 2)}\n`);
    } else await writeFile(path, entries.map(({ entry }) => `${JSON.stringify(entry, exactIntegers)}\n`).join(""));
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause)) throw cause;
    throw new AssayError("report.unwritable", `\`${path}\` cannot be written: ${String(cause.code)}`, { place: path, cause });
  }
}
