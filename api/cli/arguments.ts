import { readdir, stat } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import type { Adapter } from "../../ingest/adapter.ts";
import { didYouMean } from "../../logic/language/did_you_mean.ts";
import { AssayError } from "../../schema/assay_error.ts";
import type { Relation } from "../../schema/relation.ts";
import { adapterFor } from "./adapters.ts";

/** A command-line source, told apart: a file of one relation's facts, or what an adapter reads. */
export type SourceArgument =
  | { readonly kind: "relation"; readonly relation: Relation; readonly path: string }
  | { readonly kind: "adapter"; readonly adapter: Adapter; readonly path: string };

/**
 * Tells the sources `RELATION=FILE`, `FILE` and `DIR` apart: a file belongs to the adapter that accepts it, else to the base
 * relation of its stem; a directory that no adapter accepts stands for the files in it whose stem is a base relation.
 * Errors (`AssayError`): a path that is not there, a name that is no base relation.
 */
export async function sourceArguments(
  texts: readonly string[],
  relations: ReadonlyMap<string, Relation>,
  theories: readonly string[],
): Promise<SourceArgument[]> {
  const found: SourceArgument[] = [];
  for (const text of texts) found.push(...(await sourceArgument(text, relations, theories)));
  return found;
}

async function sourceArgument(
  text: string,
  relations: ReadonlyMap<string, Relation>,
  theories: readonly string[],
): Promise<SourceArgument[]> {
  const [, name, file] = /^([A-Za-z_?][\w?]*)=(.+)$/s.exec(text) ?? [];
  if (name !== undefined && file !== undefined) return [{ kind: "relation", relation: baseRelation(name, text, relations), path: file }];
  const info = await stat(text).catch(() => null);
  if (info === null) throw new AssayError("ingest.not_found", `there is no file or folder \`${text}\``, { place: text });
  const adapter = await adapterFor(text, theories);
  if (adapter !== null) return [{ kind: "adapter", adapter, path: text }];
  if (!info.isDirectory()) return [{ kind: "relation", relation: baseRelation(stem(text), text, relations), path: text }];
  const files = (await readdir(text)).toSorted();
  return files.flatMap((entry) => {
    const relation = relations.get(stem(entry));
    return relation?.role === "base" ? [{ kind: "relation", relation, path: join(text, entry) } as const] : [];
  });
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
  const otherwise = bases.length === 0 ? "name a theory that declares it: --theory" : `the base relations are ${bases.slice(0, 12).join(", ")}`;
  const what = relation === undefined ? "there is no relation" : "derived by rules, so it takes no facts: relation";
  throw new AssayError("usage.source", `${what} \`${name}\` for the source \`${source}\``, { help: didYouMean(name, bases, otherwise) });
}
