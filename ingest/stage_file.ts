import { AssayError, type ErrorReport } from "../schema/assay_error.ts";
import type { Limits } from "../schema/limits.ts";
import type { Relation } from "../schema/relation.ts";
import type { SqlSession } from "../schema/sql_session.ts";
import { unreachable } from "../schema/unreachable.ts";
import { bindAttributes } from "./columns.ts";
import { type FileFormat, lookAt } from "./file_format.ts";
import type { FileMapping } from "./mapping.ts";
import type { RawTable } from "./raw_table.ts";
import { readArrow } from "./readers/arrow.ts";
import { isIrregular, readCsv } from "./readers/csv.ts";
import { readJson } from "./readers/json.ts";
import { guardParquet, readParquet } from "./readers/parquet.ts";
import type { ReadRequest } from "./readers/reader.ts";
import { type StageContext, stageTable } from "./stage_table.ts";
import type { Staged } from "./staged.ts";

export interface StageOptions {
  readonly limits: Limits;
  /** The format, where the name does not tell or tells wrong. */
  readonly format?: FileFormat;
  /** An entry of a mapping file, held against the relation by `mappingsFor`. */
  readonly mapping?: FileMapping;
  /** Called now and then with the count of records read. */
  readonly onProgress?: (rows: number) => void;
}

/**
 * Makes a file readable as one relation inside a session. Columns feed the attributes of their names, case-sensitive, or as the
 * mapping says. Typing is exact: whole numbers are digits and fit 64 bits, floats are finite, symbols are Unicode text without NUL
 * of at most `symbol_bytes`; a record that is not, or has no value for an attribute, is set aside in quarantine with its reason,
 * and the rest is staged. An empty field of CSV is the empty symbol and no number. A Parquet file whose columns have the attributes'
 * types is read where it is, without a copy; others are copied into temporary tables of the session.
 *
 * The caller must not be inside a transaction, keeps the file as it is, and closes the result.
 * Errors (`AssayError`, nothing stays behind in the session): what is wrong with the file as a whole: `ingest.*`,
 * `json.syntax`, `limit.csv_record_bytes` for a header.
 */
export async function stageFile(session: SqlSession, relation: Relation, path: string, options: StageOptions): Promise<Staged> {
  const mapping = options.mapping ?? null;
  const file = await lookAt(path, options.format ?? mapping?.format ?? null);
  const bound = bindAttributes(relation, mapping);
  const delimiter = mapping?.delimiter ?? (file.format === "tsv" ? "\t" : ",");
  const request: ReadRequest = {
    session,
    relation,
    bound,
    file,
    limits: options.limits,
    delimiter,
    onProgress: options.onProgress ?? (() => undefined),
  };
  const staged = await stageByFormat(request, mapping?.nullText ?? []);
  request.onProgress(staged.rows + staged.quarantined + staged.skipped);
  return staged;
}

function stageByFormat(request: ReadRequest, nullText: readonly string[]): Promise<Staged> {
  const { format } = request.file;
  switch (format) {
    case "csv":
    case "tsv":
      return stageCsv(request, nullText);
    case "ndjson":
    case "json":
      return readJson(request).then(({ raw, unused }) => stageOrDrop(contextOf(request, nullText, unused, false), raw));
    case "arrow":
      return readArrow(request).then(({ raw, unused }) => stageOrDrop(contextOf(request, nullText, unused, false), raw));
    case "parquet":
      return stageParquet(request, nullText);
    default:
      return unreachable(format);
  }
}

async function stageParquet(request: ReadRequest, nullText: readonly string[]): Promise<Staged> {
  const { session, file } = request;
  const { raw, unused } = await readParquet(request);
  const staged = await guardParquet(file.path, () => stageTable(contextOf(request, nullText, unused, false), raw));
  const readAll = () => session.rows(`SELECT bit_xor(hash(row)) FROM ${staged.expression} AS row`);
  return {
    ...staged,
    damage: () =>
      guardParquet(file.path, readAll).then(
        () => null,
        (cause: unknown) => {
          if (cause instanceof AssayError) return cause;
          throw cause;
        },
      ),
  };
}

async function stageCsv(request: ReadRequest, nullText: readonly string[]): Promise<Staged> {
  const reading = await readCsv(request);
  const context = contextOf(request, nullText, reading.unused, true);
  if (reading.fast !== null) {
    try {
      return await stageTable(context, reading.fast);
    } catch (cause) {
      if (!isIrregular(cause)) throw cause;
    }
  }
  return stageOrDrop(context, await reading.careful());
}

async function stageOrDrop(context: StageContext, raw: RawTable): Promise<Staged> {
  try {
    return await stageTable(context, raw);
  } catch (cause) {
    await raw.drop();
    throw cause;
  }
}

function contextOf(request: ReadRequest, nullText: readonly string[], unused: readonly string[], emptyIsNull: boolean): StageContext {
  const { session, relation, bound, limits, file } = request;
  return { session, relation, bound, limits, nullText, emptyIsNull, file: file.path, notices: extraColumns(relation, unused, file.path) };
}

function extraColumns(relation: Relation, unused: readonly string[], file: string): ErrorReport[] {
  if (unused.length === 0) return [];
  const named = unused.slice(0, 20).map((name) => `\`${name}\``);
  const more = unused.length > 20 ? ` and ${unused.length - 20} more` : "";
  const detail = `no attribute of \`${relation.name}\` takes the columns ${named.join(", ")}${more}`;
  return [new AssayError("ingest.extra_columns", detail, { place: file }).report()];
}
