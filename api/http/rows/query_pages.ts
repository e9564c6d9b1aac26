import { createHash } from "node:crypto";
import { AssayError } from "../../../schema/assay_error.ts";
import type { QueryRequest, QueryResult } from "../../../verify/query.ts";
import { isCount, noCursor, opaque, transparent } from "./cursor.ts";

/**
 * Where the next page of an answer begins. The question is asked again as of the same commit, so a cursor knows which question it is of and
 * which rows came before: a page that would repeat rows or leave some out is refused.
 */
export interface QueryCursor {
  readonly asOf: number;
  readonly offset: number;
  readonly question: string;
  /** A digest of the rows before; empty for Datalog, whose answers have an order of their own. */
  readonly before: string;
}

/** What a page is cut from: `offset` rows were shown before it. */
export interface QueryPage {
  readonly offset: number;
  readonly asOf: number | null;
  /** Errors: `query.cursor` where the rows shown before are not those that the answer now begins with. */
  check(found: QueryResult): void;
  /** The cursor behind so many rows of the page. */
  next(found: QueryResult, rows: number): string;
}

const DIGEST_CHARACTERS = 22;

/** A page of the answer to a question: the first, or the one that a cursor names. Errors: `query.cursor`. */
export function queryPage(request: QueryRequest, asOf: number | null, cursor: string | undefined): QueryPage {
  const question = digest(["sql" in request ? "sql" : "datalog", "sql" in request ? request.sql : request.datalog]);
  const from = cursor === undefined ? null : readQueryCursor(cursor, question);
  const offset = from?.offset ?? 0;
  const shown = (found: QueryResult, rows: number): string => ("sql" in request ? rowsDigest(found.rows.slice(0, rows)) : "");
  return {
    offset,
    asOf: from?.asOf ?? asOf,
    check(found) {
      if (from === null || from.before === shown(found, offset)) return;
      throw new AssayError(
        "query.cursor",
        "the statement gave its rows in another order than before: it needs an `ORDER BY` that leaves none open",
      );
    },
    next: (found, rows) => opaque([found.asOf, offset + rows, question, shown(found, offset + rows)] satisfies CursorParts),
  };
}

type CursorParts = readonly [asOf: number, offset: number, question: string, before: string];

function readQueryCursor(text: string, asked: string): QueryCursor {
  const [asOf, offset, question, before, ...more] = transparent(text);
  if (!isCount(asOf) || !isCount(offset) || question !== asked || typeof before !== "string" || more.length > 0) throw noCursor(text);
  return { asOf, offset, question: asked, before };
}

function rowsDigest(rows: QueryResult["rows"]): string {
  return digest(rows.map((row) => row.map((value) => (value === null ? null : String(value)))));
}

function digest(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("base64url").slice(0, DIGEST_CHARACTERS);
}
