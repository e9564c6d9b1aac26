import { createHash } from "node:crypto";
import { canonicalScalar, canonicalText, sha256 } from "./canonical.ts";
import type { Delta } from "./delta.ts";
import type { Row } from "./value.ts";

/**
 * The stored form of a delta: RFC 8785 JSON of
 * `{"assert": {relation: [row, …]}, "base": N, "proposer": …, "reason": …, "retract": {…}}`, rows as arrays in attribute order and
 * in the order proposed, integers past 2^53 - 1 as strings. `base`, a side and a relation are left out where they say nothing
 * (null, or no rows); `key` and places never enter. Given in pieces of about `pieceLength` UTF-16 units.
 */
export function* deltaBody(delta: Delta, pieceLength = 1 << 20): Generator<string> {
  let piece = "{";
  let comma = "";
  for (const member of ["assert", "base", "proposer", "reason", "retract"] as const) {
    if (member === "assert" || member === "retract") {
      const relations = [...delta[member].entries()].filter(([, rows]) => rows.length > 0).sort(([a], [b]) => (a < b ? -1 : 1));
      if (relations.length === 0) continue;
      piece += `${comma}"${member}":{`;
      for (const [index, [relation, rows]] of relations.entries()) {
        piece += `${index > 0 ? "," : ""}${JSON.stringify(relation)}:[`;
        for (const [at, row] of rows.entries()) {
          piece += at > 0 ? `,${rowText(row)}` : rowText(row);
          if (piece.length >= pieceLength) {
            yield piece;
            piece = "";
          }
        }
        piece += "]";
      }
      piece += "}";
    } else {
      const value = delta[member];
      if (value === null) continue;
      piece += `${comma}"${member}":${typeof value === "number" ? value : canonicalText(value)}`;
    }
    comma = ",";
  }
  yield `${piece}}`;
}

/** The RFC 8785 form of one row: the fact's identity within its relation. */
export function rowText(row: Row): string {
  let text = "[";
  for (let index = 0; index < row.length; index += 1) {
    const value = row[index] as Row[number];
    text += index > 0 ? `,${canonicalScalar(value)}` : canonicalScalar(value);
  }
  return `${text}]`;
}

/** The delta's id: `sha256:` and the SHA-256 (hex) of its stored form in UTF-8. Takes the pieces that `deltaBody` gives. */
export function deltaId(pieces: Iterable<string>): string {
  if (Array.isArray(pieces) && pieces.length === 1) return sha256(pieces[0] as string);
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece, "utf8");
  return `sha256:${hash.digest("hex")}`;
}
