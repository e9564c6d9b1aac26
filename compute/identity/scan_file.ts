import { extname } from "node:path";
import pl from "nodejs-polars";
import { AssayError } from "../../schema/assay_error.ts";

/**
 * A data file as a lazy frame: CSV and TSV (with a header, every column as text, an empty field as null), Parquet, Arrow IPC file.
 * Errors: `identity.file_format` for another kind of file, `identity.unreadable` where Polars cannot read it.
 */
export function scanFile(path: string): pl.LazyDataFrame {
  const open = readers[extname(path).toLowerCase()];
  if (open === undefined)
    throw new AssayError("identity.file_format", `\`${path}\` is none of ${Object.keys(readers).join(", ")}`, { place: path });
  try {
    const frame = open(path);
    frame.columns.at(0);
    return frame;
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** What went wrong while Polars read a file, as its user should see it. */
export function unreadable(path: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || cause instanceof AssayError) return cause;
  const [line = ""] = cause.message.split("\n");
  return new AssayError("identity.unreadable", `\`${path}\` cannot be read: ${line.toLowerCase()}`, { place: path, cause });
}

/** Columns stay text: `007` and `7` are two keys. */
const text = (sep: string) => (path: string) => pl.scanCSV(path, { sep, inferSchemaLength: 0 });

const readers: Readonly<Record<string, (path: string) => pl.LazyDataFrame>> = {
  ".csv": text(","),
  ".tsv": text("\t"),
  ".parquet": (path) => pl.scanParquet(path),
  ".arrow": (path) => pl.scanIPC(path),
  ".feather": (path) => pl.scanIPC(path),
};
