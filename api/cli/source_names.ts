import { stat } from "node:fs/promises";
import { basename, dirname, normalize } from "node:path";
import type { SourceArgument } from "./arguments.ts";

/** What reports call the sources, and the folder that places are relative to. */
export interface SourceNames {
  readonly subjects: readonly string[];
  readonly folder: string;
}

/**
 * The names that places show: of a file of facts its path; of what an adapter reads, a document named by itself or no name for a folder,
 * relative to that folder where it is the only source.
 */
export async function sourceNames(sources: readonly SourceArgument[]): Promise<SourceNames> {
  const [only] = sources;
  if (only?.kind !== "adapter" || sources.length > 1) {
    return { subjects: sources.flatMap((source) => (source.kind === "relation" ? [source.path] : [])), folder: "" };
  }
  const isFolder = (await stat(only.path)).isDirectory();
  const folder = normalize(isFolder ? only.path : dirname(only.path)).replace(/\/$/, "");
  return { subjects: isFolder ? [] : [basename(only.path)], folder: folder === "." ? "" : folder };
}
