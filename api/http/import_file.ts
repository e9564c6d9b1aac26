import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Quarantined } from "../../ingest/quarantine.ts";
import { stageFile } from "../../ingest/stage_file.ts";
import { AssayError, type ErrorReport } from "../../schema/assay_error.ts";
import type { ProposedDelta } from "../../schema/delta.ts";
import { registry } from "../../schema/errors.ts";
import type { Verdict } from "../../schema/verdict.ts";
import type { FactBase } from "../../verify/fact_base.ts";
import { importDelta } from "../../verify/import_delta.ts";
import type { SetAside } from "../../verify/set_aside.ts";
import { openMemory } from "../../verify/store/duckdb_session.ts";
import { importedDelta } from "../cli/imported_delta.ts";
import { stagedPart } from "../cli/source_part.ts";
import { leftOutLines } from "../report/import_text.ts";
import { isStale, staleBase } from "./if_match.ts";
import type { JobProgress } from "./jobs.ts";
import type { Upload } from "./upload.ts";

export interface ImportRequest {
  readonly relation: string;
  readonly onViolation: "refuse" | "quarantine";
  readonly retry: boolean;
  readonly replace: boolean;
  readonly proposer: string;
  readonly reason: string;
  /** The commit that the import is made for; null for any. */
  readonly base: number | null;
  /** Lets a caller look at the delta before it is proposed; what it throws ends the import. */
  authorize(delta: ProposedDelta): Promise<void>;
}

/** What became of a file. */
export interface Imported {
  readonly verdict: Verdict;
  readonly quarantined: { readonly total: number; readonly records: readonly Quarantined[] };
  readonly set_aside: { readonly total: number; readonly rows: readonly SetAside[] };
  readonly rounds: number;
  readonly events: readonly ErrorReport[];
}

/** The file beside an upload in which an import leaves what it left out, one JSON object a line. */
export function quarantineFile(upload: Upload): string {
  return join(upload.folder, "quarantine.ndjson");
}

/**
 * Proposes the records of an uploaded file as one delta. Errors: those of `stageFile` and `FactBase.propose`, `import.quarantined` where
 * records became no fact and violations refuse, and `http.base_stale`.
 */
export async function importFile(base: FactBase, upload: Upload, request: ImportRequest, progress: JobProgress): Promise<Imported> {
  const { limits } = base;
  const relation = base.program.relations.get(request.relation);
  if (relation?.role !== "base") throw new AssayError("query.unknown_relation", `there is no base relation \`${request.relation}\``);
  const session = await openMemory({ memory_limit: `${limits.memory_mb}MB` });
  try {
    progress.report("reading", { rows: 0 });
    const staged = await stageFile(session, relation, upload.path, { limits, onProgress: (rows) => progress.report("reading", { rows }) });
    const records = (await staged.quarantine(0, limits.violations_page)).map((record) => ({
      ...record,
      place: local(record.place, upload),
    }));
    if (staged.quarantined > 0 && request.onViolation === "refuse") throw refusal(records, staged.quarantined);
    const { proposer, reason } = request;
    const read = await importedDelta(base, [stagedPart(session, relation, staged)], {
      proposer,
      reason,
      replace: request.replace,
    });
    const delta = {
      ...read,
      base: request.base,
      places: new Map([...read.places].map(([name, places]) => [name, places.map((place) => place && local(place, upload))])),
    };
    await request.authorize(delta);
    progress.report("judging", { rows: staged.rows });
    const { verdict, setAside, rounds } = await importDelta(base, delta, request);
    if (request.base !== null && isStale(verdict)) throw staleBase(request.base, base.head, verdict);
    const all = await staged.quarantine(0, staged.quarantined);
    const lines = leftOutLines(
      all.map((record) => ({ ...record, place: local(record.place, upload) })),
      setAside,
    );
    await pipeline(Readable.from(lines), createWriteStream(quarantineFile(upload)));
    const aside = { total: setAside.length, rows: setAside.slice(0, limits.violations_page) };
    return { verdict, quarantined: { total: staged.quarantined, records }, set_aside: aside, rounds, events: staged.notices };
  } catch (cause) {
    throw cause instanceof AssayError ? withoutFolder(cause, upload) : cause;
  } finally {
    session.close();
  }
}

function refusal(records: readonly Quarantined[], total: number): AssayError {
  const also = records.map(({ code, reason, place }) => ({ code, title: registry[code].title, detail: reason, place, help: null }));
  const shown = records.length < total ? `, the first ${records.length} of them are listed` : "";
  return new AssayError("import.quarantined", `${total} records became no fact${shown}`, { place: records[0]?.place ?? null, also });
}

/** Where the upload lies on our disk is nobody's business. */
function local(text: string, { folder }: Upload): string {
  return text.replaceAll(`${folder}/`, "");
}

function withoutFolder(error: AssayError, upload: Upload): AssayError {
  const { code, detail, place, help, also } = error;
  const hidden = also.map((other) => ({ ...other, detail: local(other.detail, upload), place: other.place && local(other.place, upload) }));
  return new AssayError(code, local(detail, upload), { place: place && local(place, upload), help, also: hidden, cause: error });
}
