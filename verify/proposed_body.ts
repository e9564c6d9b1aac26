import { AssayError } from "../schema/assay_error.ts";
import type { Delta, ProposedDelta, ProposedRow, ProposedValue } from "../schema/delta.ts";
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
 * The stored form of a delta that shape or types refuse, so that it too has an id and can be judged again: JSON with the members of
 * `deltaBody` in its order, but rows, names and numbers as they were proposed, with every broken character as U+FFFD.
 */
export function* malformedBody(proposed: ProposedDelta): Generator<string> {
  const { assert, base, proposer, reason, retract } = proposed;
  const members = [
    ...(assert.size > 0 ? [`"assert":${sideText(assert)}`] : []),
    ...(base === null ? [] : [`"base":${base}`]),
    `"proposer":${valueText(proposer)}`,
    `"reason":${valueText(reason)}`,
    ...(retract.size > 0 ? [`"retract":${sideText(retract)}`] : []),
  ];
  const body = `{${members.join(",")}}`;
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

function sideText(side: ReadonlyMap<string, readonly ProposedRow[]>): string {
  const relations = [...side].sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${relations.map(([name, rows]) => `${valueText(name)}:[${rows.map(rowAsProposed).join(",")}]`).join(",")}}`;
}

function rowAsProposed(row: ProposedRow): string {
  if (Array.isArray(row)) return valueText(row as readonly ProposedValue[]);
  const members = Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, value]) => `${valueText(name)}:${valueText(value)}`).join(",")}}`;
}

function valueText(value: ProposedValue): string {
  if (typeof value === "string") return JSON.stringify(value.toWellFormed());
  if (typeof value === "number") return Number.isFinite(value) ? JSON.stringify(value) : `"${value}"`;
  if (isDecimal(value)) return value.decimal;
  return Array.isArray(value) ? `[${value.map(valueText).join(",")}]` : String(value);
}
