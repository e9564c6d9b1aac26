import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type { GateAdapter, GateReadOptions, GateSource, GateSubject } from "../../ingest/gate_adapter.ts";
import type { Quarantined } from "../../ingest/quarantine.ts";
import type { ErrorReport } from "../../schema/assay_error.ts";
import type { Relation } from "../../schema/relation.ts";
import type { SqlSession } from "../../schema/sql_session.ts";
import { sourceArguments } from "./arguments.ts";
import type { Door } from "./door.ts";
import { adapterParts, type SourcePart } from "./source_part.ts";
import { readSources } from "./sources.ts";
import { readStdin } from "./text_file.ts";
import { usageError } from "./usage.ts";

/** All documents of one run of the gate, readable as facts while the session lives. */
export interface GateReading {
  readonly parts: readonly SourcePart[];
  readonly subjects: readonly GateSubject[];
  readonly replaces: readonly string[];
  readonly quarantined: number;
  quarantine(offset: number, limit: number): Promise<Quarantined[]>;
  readonly events: readonly ErrorReport[];
  readonly folder: string;
  readonly summary: Readonly<Record<string, unknown>>;
}

export interface GateContext {
  readonly door: Door;
  readonly session: SqlSession;
  readonly relations: ReadonlyMap<string, Relation>;
  readonly theories: readonly string[];
  readonly options: Omit<GateReadOptions, "onProgress">;
}

/**
 * Reads the sources by the adapter, or as files of facts where there is none; `-` is stdin. Errors: those of the adapter, of `sourceArguments`
 * and `readSources`; `usage.arguments` for stdin where it cannot be read.
 */
export async function readGateSources(context: GateContext, adapter: GateAdapter | null, texts: readonly string[]): Promise<GateReading> {
  return adapter === null ? readFactFiles(context, texts) : readDocuments(context, adapter, texts);
}

async function readDocuments(
  { door, session, relations, options }: GateContext,
  adapter: GateAdapter,
  texts: readonly string[],
): Promise<GateReading> {
  if (texts.indexOf("-") !== texts.lastIndexOf("-")) throw usageError("stdin is one document: `-` stands once");
  const sources: GateSource[] = [];
  for (const text of texts) {
    sources.push(text === "-" ? { name: "stdin", bytes: await readStdin(door, options.limits.json_bytes) } : { path: text });
  }
  const read = await adapter.read(sources, { ...options, onProgress: (text) => door.terminal.progress(text) });
  const parts = await adapterParts(session, relations, read, "gated");
  const { subjects, replaces, quarantined, events, folder = "", summary = {} } = read;
  const quarantine = async (offset: number, limit: number): Promise<Quarantined[]> => quarantined.slice(offset, offset + limit);
  return { parts, subjects, replaces, quarantined: quarantined.length, quarantine, events, folder, summary };
}

async function readFactFiles(context: GateContext, texts: readonly string[]): Promise<GateReading> {
  const { door, session, relations, theories, options } = context;
  if (texts.includes("-")) throw usageError("files of facts are not read from stdin", "name the files: RELATION=FILE, FILE or DIR");
  const found = await sourceArguments(texts, { relations, theories, mapping: null });
  const onProgress = (text: string): void => door.terminal.progress(text);
  const read = await readSources({ session, relations, limits: options.limits, onProgress, now: options.at }, found);
  const subjects: GateSubject[] = [];
  for (const { path } of found) if ((await stat(path)).isFile()) subjects.push({ name: path, sha256: await sha256Of(path) });
  const { parts, quarantined, events } = read;
  return {
    parts,
    subjects,
    replaces: [],
    quarantined,
    quarantine: (offset, limit) => read.quarantine(offset, limit),
    events,
    folder: "",
    summary: {},
  };
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
