import type { Adapter } from "../../ingest/adapter.ts";
import type { FileMapping } from "../../ingest/mapping.ts";
import type { Quarantined } from "../../ingest/quarantine.ts";
import { stageFile } from "../../ingest/stage_file.ts";
import type { ErrorReport } from "../../schema/assay_error.ts";
import type { Limits } from "../../schema/limits.ts";
import type { Relation } from "../../schema/relation.ts";
import type { SqlSession } from "../../schema/sql_session.ts";
import type { SourceArgument } from "./arguments.ts";
import { adapterParts, type SourcePart, stagedPart } from "./source_part.ts";
import { usageError } from "./usage.ts";

/** Outside data made readable as facts. They live as long as the session. */
export interface Sources {
  readonly parts: readonly SourcePart[];
  readonly quarantined: number;
  /** Records that became no fact, at most `limit` from `offset` on, source by source. */
  quarantine(offset: number, limit: number): Promise<Quarantined[]>;
  readonly events: readonly ErrorReport[];
}

export interface SourcesContext {
  readonly session: SqlSession;
  readonly relations: ReadonlyMap<string, Relation>;
  readonly limits: Limits;
  readonly onProgress: (text: string) => void;
  /** The time of the run, RFC 3339. */
  readonly now: string;
}

type AdapterArgument = SourceArgument & { readonly kind: "adapter" };

interface ReadSource {
  readonly parts: readonly SourcePart[];
  readonly quarantined: number;
  quarantine(offset: number, limit: number): Promise<Quarantined[]>;
  readonly events: readonly ErrorReport[];
}

/**
 * Reads every source. Errors: those of `stageFile` and of the adapters; two sources for an adapter that does not read them as one are a
 * usage error, for what two projects say would run together.
 */
export async function readSources(context: SourcesContext, found: readonly SourceArgument[]): Promise<Sources> {
  const adapters = found.flatMap((argument) => (argument.kind === "adapter" ? [argument] : []));
  const isFirst = (argument: AdapterArgument): boolean => adapters.find(({ adapter }) => adapter === argument.adapter) === argument;
  const twice = adapters.find((argument) => argument.adapter.readAll === undefined && !isFirst(argument));
  if (twice !== undefined)
    throw usageError(`\`${twice.path}\` is a second source for the theory \`${twice.adapter.theory}\``, "verify one at a time");
  const read: ReadSource[] = [];
  for (const argument of found) {
    context.onProgress(`reading ${argument.path}`);
    if (argument.kind === "relation") read.push(await readFile(context, argument));
    else if (isFirst(argument)) {
      const others = adapters.filter((other) => other.adapter === argument.adapter && other !== argument);
      read.push(await readAdapter(context, argument.adapter, [argument.path, ...others.map(({ path }) => path)]));
    }
  }
  return {
    parts: read.flatMap((source) => source.parts),
    quarantined: read.reduce((sum, source) => sum + source.quarantined, 0),
    quarantine: (offset, limit) => pagedQuarantine(read, offset, limit),
    events: read.flatMap((source) => source.events),
  };
}

async function readFile(context: SourcesContext, argument: SourceArgument & { readonly kind: "relation" }): Promise<ReadSource> {
  const { session, limits } = context;
  const { relation, path } = argument;
  const mapping: { mapping?: FileMapping } = argument.mapping === null ? {} : { mapping: argument.mapping };
  const onProgress = (rows: number): void => context.onProgress(`reading ${path}: ${rows.toLocaleString("en-US")} rows`);
  const staged = await stageFile(session, relation, path, { limits, onProgress, ...mapping });
  return {
    parts: [stagedPart(session, relation, staged)],
    quarantined: staged.quarantined,
    quarantine: (offset, limit) => staged.quarantine(offset, limit),
    events: staged.notices,
  };
}

async function readAdapter(context: SourcesContext, adapter: Adapter, paths: readonly [string, ...string[]]): Promise<ReadSource> {
  const { session, relations, limits, now } = context;
  const read = await (adapter.readAll === undefined ? adapter.read(paths[0], { limits, now }) : adapter.readAll(paths, { limits, now }));
  const parts = await adapterParts(session, relations, read, `adapter_${adapter.theory}`);
  return {
    parts,
    quarantined: read.quarantined.length,
    quarantine: async (offset, limit) => read.quarantined.slice(offset, offset + limit),
    events: read.events,
  };
}

async function pagedQuarantine(read: readonly ReadSource[], offset: number, limit: number): Promise<Quarantined[]> {
  const found: Quarantined[] = [];
  let skip = offset;
  for (const source of read) {
    const wanted = limit - found.length;
    if (wanted > 0 && skip < source.quarantined) found.push(...(await source.quarantine(skip, wanted)));
    skip = Math.max(0, skip - source.quarantined);
  }
  return found;
}
