import { open, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { AssayError } from "../schema/assay_error.ts";

/** The formats that a file of rows may have. `arrow` is an IPC file or an IPC stream. */
export const fileFormats = ["csv", "tsv", "ndjson", "json", "parquet", "arrow"] as const;
export type FileFormat = (typeof fileFormats)[number];

const HEAD_BYTES = 4096;

const extensions: Readonly<Record<string, FileFormat>> = {
  csv: "csv",
  tsv: "tsv",
  tab: "tsv",
  ndjson: "ndjson",
  jsonl: "ndjson",
  json: "json",
  parquet: "parquet",
  pq: "parquet",
  arrow: "arrow",
  arrows: "arrow",
  ipc: "arrow",
  feather: "arrow",
};

/** A file that exists and was looked into. */
export interface KnownFile {
  readonly path: string;
  readonly format: FileFormat;
  /** Compressed with gzip; text formats only. */
  readonly gzip: boolean;
}

/** The format that a name promises, `.gz` left aside, or null. */
export function formatOfName(path: string): FileFormat | null {
  const extension = /\.([a-z0-9]+)$/i.exec(basename(path).replace(/\.gz$/i, ""))?.[1]?.toLowerCase() ?? "";
  return extensions[extension] ?? null;
}

/**
 * Looks at a file before it is read: that it is one, that it can be opened, and that its first bytes fit the format that
 * `asked` or its name says.
 * Errors: `ingest.not_found`, `ingest.directory`, `ingest.not_a_file`, `ingest.unreadable`, `ingest.empty_file`,
 * `ingest.unknown_format`, `ingest.wrong_format`, `ingest.not_utf8` (UTF-16).
 */
export async function lookAt(path: string, asked: FileFormat | null): Promise<KnownFile> {
  const head = await firstBytes(path);
  if (head.length === 0) throw new AssayError("ingest.empty_file", `\`${path}\` has no bytes`, { place: path });
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) {
    throw new AssayError("ingest.not_utf8", `\`${path}\` begins like UTF-16`, {
      place: path,
      help: "convert it: `iconv -f UTF-16 -t UTF-8`",
    });
  }
  const gzip = head[0] === 0x1f && head[1] === 0x8b;
  const found = gzip ? null : contentOf(head);
  const format = asked ?? formatOfName(path) ?? (found === "arrow" || found === "parquet" ? found : null);
  if (format === null) throw new AssayError("ingest.unknown_format", `the format of \`${path}\` is not known`, { place: path });
  checkContent(path, format, found);
  return { path, format, gzip };
}

type Content = "parquet" | "arrow" | "zip" | "json" | "open_bracket" | "text";

function contentOf(head: Buffer): Content {
  if (head.subarray(0, 4).toString("latin1") === "PAR1") return "parquet";
  if (head.subarray(0, 6).toString("latin1") === "ARROW1" || head.subarray(0, 4).equals(Buffer.of(255, 255, 255, 255))) return "arrow";
  if (head.subarray(0, 4).toString("latin1") === "PK\u0003\u0004") return "zip";
  const text = head.toString("utf8");
  if (/^\uFEFF?\s*(?:\{\s*["}]|\[\s*(?:["[{\]]|-?[0-9]))/.test(text)) return "json";
  return /^\uFEFF?\s*[[{]/.test(text) ? "open_bracket" : "text";
}

const contentNames: Readonly<Record<Content, string>> = {
  parquet: "a Parquet file",
  arrow: "Arrow IPC",
  zip: "a ZIP archive",
  json: "JSON",
  open_bracket: "text",
  text: "text",
};

const fitting: Readonly<Record<FileFormat, readonly Content[]>> = {
  csv: ["text", "open_bracket"],
  tsv: ["text", "open_bracket"],
  ndjson: ["json", "open_bracket"],
  json: ["json", "open_bracket"],
  parquet: ["parquet"],
  arrow: ["arrow"],
};

function checkContent(path: string, format: FileFormat, found: Content | null): void {
  const compressedText = found === null && format !== "parquet" && format !== "arrow";
  if (compressedText || (found !== null && fitting[format].includes(found))) return;
  const looks = found === null ? "gzip" : contentNames[found];
  throw new AssayError("ingest.wrong_format", `\`${path}\` is read as ${format}, but its first bytes are ${looks}`, { place: path });
}

async function firstBytes(path: string): Promise<Buffer> {
  try {
    const facts = await stat(path);
    if (facts.isDirectory()) throw new AssayError("ingest.directory", `\`${path}\` is a directory`, { place: path });
    if (!facts.isFile()) throw new AssayError("ingest.not_a_file", `\`${path}\` is neither a file nor a directory`, { place: path });
    const handle = await open(path, "r");
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw readFailure(path, cause);
  }
}

/** The `AssayError` for a failure of the operating system to open or read `path`; one that is an `AssayError` already stays. */
export function readFailure(path: string, cause: unknown): unknown {
  if (cause instanceof AssayError || !(cause instanceof Error) || !("code" in cause)) return cause;
  if (cause.code === "ENOENT" || cause.code === "ENOTDIR") {
    const where = dirname(path);
    return new AssayError("ingest.not_found", `no file \`${basename(path)}\` in \`${where}\``, { place: path, cause });
  }
  return new AssayError("ingest.unreadable", `\`${path}\` cannot be read: ${String(cause.code)}`, { place: path, cause });
}
