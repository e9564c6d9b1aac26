import { readdir, stat } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import type { Adapter } from "../../ingest/adapter.ts";
import { formatOfName } from "../../ingest/file_format.ts";
import { type FileMapping, type Mapping, mappingsFor } from "../../ingest/mapping.ts";
import { didYouMean } from "../../logic/language/did_you_mean.ts";
import { AssayError } from "../../schema/assay_error.ts";
import type { Relation } from "../../schema/relation.ts";
import { adapterFor } from "./adapters.ts";

/** A command-line source, told apart: a file of one relation's facts, or what an adapter reads. */
export type SourceArgument =
  | { readonly kind: "relation"; readonly relation: Relation; readonly path: string; readonly mapping: FileMapping | null }
  | { readonly kind: "adapter"; readonly adapter: Adapter; readonly path: string };

export interface SourceNames {
  readonly relations: ReadonlyMap<string, Relation>;
  /** Theories whose adapters are asked; none stands for all. */
  readonly theories: readonly string[];
  /** Says for files that it matches which relations they feed. */
  readonly mapping: Mapping | null;
}

/**
 * Tells the sources `RELATION=FILE`, `FILE` and `DIR` apart: a file that the mapping matches feeds the relations it says; else it
 * belongs to the adapter that accepts it, else to the base relation of its stem. A directory that no adapter accepts stands for
 * the files in it that the mapping matches or whose stem is a base relation.
 * Errors (`AssayError`): a path that is not there, a name that is no base relation, what is wrong with the mapping.
 */
export async function sourceArguments(texts: readonly string[], names: SourceNames): Promise<SourceArgument[]> {
  const found: SourceArgument[] = [];
  for (const text of texts) found.push(...(await sourceArgument(text, names)));
  return found;
}

async function sourceArgument(text: string, names: SourceNames): Promise<SourceArgument[]> {
  const [, name, file] = /^([A-Za-z_?][\w?]*)=(.+)$/s.exec(text) ?? [];
  if (name !== undefined && file !== undefined) return [fileArgument(baseRelation(name, text, names.relations), file)];
  const info = await stat(text).catch(() => null);
  if (info === null) throw new AssayError("ingest.not_found", `there is no file or folder \`${text}\``, { place: text });
  const mapped = mappedArguments(text, names);
  if (mapped.length > 0) return mapped;
  const adapter = await adapterFor(text, names.theories);
  if (adapter !== null) return [{ kind: "adapter", adapter, path: text }];
  return info.isDirectory() ? folderArguments(text, names) : [fileArgument(baseRelation(stem(text), text, names.relations), text)];
}

async function folderArguments(folder: string, names: SourceNames): Promise<SourceArgument[]> {
  const entries = (await readdir(folder)).toSorted();
  return entries.flatMap((entry) => {
    const path = join(folder, entry);
    const mapped = mappedArguments(path, names);
    const relation = names.relations.get(stem(entry));
    if (mapped.length > 0 || relation?.role !== "base" || formatOfName(entry) === null) return mapped;
    return [fileArgument(relation, path)];
  });
}

function mappedArguments(path: string, { mapping, relations }: SourceNames): SourceArgument[] {
  if (mapping === null) return [];
  return mappingsFor(mapping, path, relations).map((entry) => ({
    kind: "relation",
    relation: baseRelation(entry.relation, path, relations),
    path,
    mapping: entry,
  }));
}

function fileArgument(relation: Relation, path: string): SourceArgument {
  return { kind: "relation", relation, path, mapping: null };
}

/** The name before the extensions: `orders` of `data/orders.csv.gz`. */
function stem(path: string): string {
  const name = basename(path).replace(/\.gz$/, "");
  return name.slice(0, name.length - extname(name).length);
}

function baseRelation(name: string, source: string, relations: ReadonlyMap<string, Relation>): Relation {
  const relation = relations.get(name);
  if (relation?.role === "base") return relation;
  const bases = [...relations.values()].filter((other) => other.role === "base").map((other) => other.name);
  const otherwise =
    bases.length === 0 ? "name a theory that declares it: --theory" : `the base relations are ${bases.slice(0, 12).join(", ")}`;
  const what = relation === undefined ? "there is no relation" : "derived by rules, so it takes no facts: relation";
  throw new AssayError("usage.source", `${what} \`${name}\` for the source \`${source}\``, { help: didYouMean(name, bases, otherwise) });
}
