import { AssayError } from "../../../schema/assay_error.ts";
import type { Row, Value } from "../../../schema/value.ts";

/** Where the next page of rows begins: a commit, and the last row of the page before or how many rows came before. */
export type RowCursor = { readonly asOf: number; readonly after: Row } | { readonly asOf: number; readonly offset: number };

/** An opaque text for a cursor. */
export function cursorText(cursor: RowCursor): string {
  const at = "after" in cursor ? cursor.after.map(String) : cursor.offset;
  return Buffer.from(JSON.stringify([cursor.asOf, at])).toString("base64url");
}

/** Errors: `query.cursor`. */
export function readCursor(text: string): RowCursor {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch {
    value = null;
  }
  const [asOf, at] = Array.isArray(value) ? (value as unknown[]) : [];
  const isCommit = Number.isSafeInteger(asOf) && (asOf as number) >= 0;
  if (isCommit && Array.isArray(at) && at.every((item): item is Value => typeof item === "string"))
    return { asOf: asOf as number, after: at };
  if (isCommit && Number.isSafeInteger(at) && (at as number) >= 0) return { asOf: asOf as number, offset: at as number };
  throw new AssayError("query.cursor", `\`${text}\` is no cursor`);
}
