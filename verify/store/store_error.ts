import { AssayError } from "../../schema/assay_error.ts";
import type { ErrorCode } from "../../schema/errors.ts";

const kinds: readonly (readonly [RegExp, ErrorCode, string])[] = [
  [/No space left on device|not enough space|Disk quota exceeded/i, "store.full_disk", "there is no space left to write"],
  [/Conflicting lock|Could not set lock/i, "store.locked", "another process has the database open"],
  [/not a valid DuckDB database|Is a directory/i, "store.not_a_database", "the file is not a database"],
  [/newer version|storage version|version number/i, "store.newer_format", "a newer DuckDB wrote the file"],
  [/Permission denied|Read-only file system|read-only mode|Operation not permitted/i, "store.read_only", "the file cannot be written"],
  [/FATAL|invalidated/, "store.broken", "the database stopped after a failed write"],
  [/checksum|corrupt|Could not read enough bytes|could not read all|truncat|deserializ/i, "store.damaged", "the file is damaged"],
];

/** The classes of failure that are the database's own; the others are about a statement and may quote anything. */
const OWN = /^(IO|FATAL|INTERNAL|TransactionContext|Serialization) Error/i;

/**
 * What a failure of the database means to its user, by the words DuckDB uses for it. `fallback` is the code for an IO failure that
 * none of them names; where it is null such a failure comes back as it was.
 */
export function storeError(cause: unknown, path: string | null, fallback: ErrorCode | null): unknown {
  const message = cause instanceof Error ? cause.message : String(cause);
  const place = path;
  for (const [pattern, code, detail] of kinds) {
    if (!OWN.test(message) || !pattern.test(message)) continue;
    const holder = /held in (.+?) \(PID (\d+)\)/.exec(message);
    const who = code === "store.locked" && holder !== null ? `: process ${holder[2]} (\`${holder[1]}\`) holds it` : "";
    return new AssayError(code, `${detail}${who}`, { place, cause });
  }
  if (fallback === null) return cause;
  return new AssayError(fallback, `the database gave \`${message.split("\n")[0]?.slice(0, 200)}\``, { place, cause });
}
