import { resolve } from "node:path";
import { AssayError } from "../../schema/assay_error.ts";
import { quoteName, quoteText, SqlError } from "../../schema/sql_session.ts";
import { checkColumns } from "../columns.ts";
import type { ColumnKind, RawColumn } from "../raw_table.ts";
import { globEscaped } from "./duckdb_path.ts";
import { type ReadRequest, type ReadResult, wantedColumns } from "./reader.ts";

/**
 * Makes a Parquet file readable where it is: nothing is copied. Whole numbers of every width and decimals stand for whole numbers,
 * floats for floats; booleans are the symbols `true` and `false`, dates and times symbols in ISO 8601 (with a zone: in UTC, `Z`).
 * Errors: `ingest.bad_parquet`, `ingest.missing_attribute`.
 */
export async function readParquet(request: ReadRequest): Promise<ReadResult> {
  const { session, relation, bound, file } = request;
  const path = quoteText(globEscaped(resolve(file.path)));
  const described = await guardParquet(file.path, () => session.rows(`DESCRIBE SELECT * FROM read_parquet(${path})`));
  const types = new Map(described.map(([name, type]) => [String(name), String(type)]));
  const unused = checkColumns(relation.name, bound, [...types.keys()], file.path);
  return {
    raw: {
      expression: `read_parquet(${path}, file_row_number = true)`,
      columns: wantedColumns(bound).map((name) => parquetColumn(name, types.get(name) ?? "")),
      record: "CAST(file_row_number + 1 AS BIGINT)",
      stored: true,
      faults: null,
      placeOf: async (records) => records.map((record) => `${file.path}:${record}`),
      drop: async () => undefined,
    },
    unused,
  };
}

/** Runs what reads a Parquet file; DuckDB's complaints about the file become `ingest.bad_parquet` or `ingest.not_utf8`. */
export async function guardParquet<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (!(cause instanceof SqlError) || cause.interrupted || /Memory|Binder|Catalog|Parser/.test(cause.kind)) throw cause;
    const code = /utf-?8|string encoding|unicode/i.test(cause.message) ? "ingest.not_utf8" : "ingest.bad_parquet";
    const detail = code === "ingest.not_utf8" ? `a text column of \`${path}\` is not UTF-8` : `\`${path}\` cannot be read as Parquet`;
    throw new AssayError(code, detail, { place: path, cause });
  }
}

const integers = /^(TINYINT|SMALLINT|INTEGER|BIGINT|UTINYINT|USMALLINT|UINTEGER)$/;

function parquetColumn(name: string, declared: string): RawColumn {
  const column = quoteName(name);
  const plain = (kind: ColumnKind) => ({ name, declared, kind, sql: column, bare: true });
  if (declared === "VARCHAR") return plain("text");
  if (integers.test(declared)) return plain("integer");
  if (/^U?BIGINT$|^U?HUGEINT$/.test(declared)) return plain("wide");
  if (/^(FLOAT|DOUBLE)$/.test(declared)) return plain("float");
  if (declared.startsWith("DECIMAL")) return plain("decimal");
  const label = labelSql(column, declared);
  return label === null ? plain("other") : { name, declared, kind: "label", sql: label, bare: false };
}

function labelSql(column: string, declared: string): string | null {
  if (/^(BOOLEAN|DATE|TIME|UUID)$/.test(declared) || declared.startsWith("ENUM")) return `CAST(${column} AS VARCHAR)`;
  if (declared === "TIMESTAMP WITH TIME ZONE") return `replace(CAST(${column} AT TIME ZONE 'UTC' AS VARCHAR), ' ', 'T') || 'Z'`;
  return declared.startsWith("TIMESTAMP") ? `replace(CAST(${column} AS VARCHAR), ' ', 'T')` : null;
}
