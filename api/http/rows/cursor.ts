import { AssayError } from "../../../schema/assay_error.ts";
import type { Row, Value } from "../../../schema/value.ts";

/** Where the next page of a relation's rows begins: a commit, and the last row of the page before. */
export interface RowCursor {
  readonly asOf: number;
  readonly after: Row;
}

/** An opaque text for a cursor. */
export function cursorText({ asOf, after }: RowCursor): string {
  return opaque([asOf, after.map(String)]);
}

/** Errors: `query.cursor`. */
export function readCursor(text: string): RowCursor {
  const [asOf, after, ...more] = transparent(text);
  if (!isCount(asOf) || !Array.isArray(after) || more.length > 0) throw noCursor(text);
  if (!after.every((item): item is Value => typeof item === "string")) throw noCursor(text);
  return { asOf, after };
}

export function opaque(parts: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(parts)).toString("base64url");
}

/** The parts of an opaque text; none where it is not one. */
export function transparent(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

export function noCursor(text: string): AssayError {
  return new AssayError("query.cursor", `\`${text}\` is no cursor of this question`);
}
