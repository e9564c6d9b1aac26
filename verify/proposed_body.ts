import { AssayError } from "../schema/assay_error.ts";
import { type CanonicalInput, canonicalJson } from "../schema/canonical.ts";
import type { Delta, ProposedDelta, ProposedValue } from "../schema/delta.ts";
import { isDecimal } from "../schema/exact_json.ts";
import type { Limits } from "../schema/limits.ts";
import type { Row } from "../schema/value.ts";
import type { TypedRows } from "./checks/types.ts";

const PIECE_LENGTH = 1 << 20;

/** The delta that well-formed typed rows make. */
export function typedDelta(proposed: ProposedDelta, typed: readonly TypedRows[]): Delta {
  const side = (name: "assert" | "retract"): ReadonlyMap<string, readonly Row[]> =>
    new Map(typed.filter((rows) => rows.side === name).map((rows) => [rows.relation.name, rows.rows.map(({ row }) => row)]));
  return { ...proposed, assert: side("assert"), retract: side("retract") };
}

/**
 * The stored form of a delta that shape or types refuse, so that it too has an id: as `deltaBody`, but rows as they were proposed,
 * decimals as strings as written, and every broken character as U+FFFD.
 */
export function* malformedBody(proposed: ProposedDelta): Generator<string> {
  const side = (name: "assert" | "retract") =>
    Object.fromEntries([...proposed[name]].map(([relation, rows]) => [relation.toWellFormed(), rows.map((row) => plain(row))]));
  const { base, proposer, reason } = proposed;
  const body = canonicalJson({
    ...(proposed.assert.size > 0 ? { assert: side("assert") } : {}),
    ...(base === null ? {} : { base }),
    proposer: proposer.toWellFormed(),
    reason: reason.toWellFormed(),
    ...(proposed.retract.size > 0 ? { retract: side("retract") } : {}),
  });
  let from = 0;
  while (from < body.length) {
    let to = Math.min(from + PIECE_LENGTH, body.length);
    if (!body.slice(from, to).isWellFormed()) to -= 1;
    yield body.slice(from, to);
    from = to;
  }
}

/** Errors: `limit.delta_rows`. */
export function checkRows(proposed: ProposedDelta, limits: Limits): number {
  let rows = 0;
  for (const side of [proposed.assert, proposed.retract]) for (const list of side.values()) rows += list.length;
  if (rows > limits.delta_rows) throw new AssayError("limit.delta_rows", `the delta has ${rows} rows, the bound is ${limits.delta_rows}`);
  return rows;
}

/** The pieces as an array, counted. Errors: `limit.delta_bytes`. */
export function boundedPieces(pieces: Iterable<string>, limits: Limits): string[] {
  const kept: string[] = [];
  let bytes = 0;
  for (const piece of pieces) {
    bytes += Buffer.byteLength(piece, "utf8");
    if (bytes > limits.delta_bytes) throw new AssayError("limit.delta_bytes", `the delta has more than ${limits.delta_bytes} bytes`);
    kept.push(piece);
  }
  return kept;
}

function plain(value: unknown): CanonicalInput {
  if (typeof value === "string") return value.toWellFormed();
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (isDecimal(value)) return value.decimal;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name.toWellFormed(), plain(member)]));
  }
  return value as Exclude<ProposedValue, object>;
}
