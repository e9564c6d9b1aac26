import { AssayError } from "./assay_error.ts";
import type { ProposedDelta, ProposedRow, ProposedValue } from "./delta.ts";
import {
  type ExactJsonOptions,
  type ExactValue,
  isDecimal,
  type LineOf,
  lineFinder,
  readExactJson,
  readExactJsonBytes,
} from "./exact_json.ts";
import type { Limits } from "./limits.ts";
import type { Place } from "./place.ts";

export interface DeltaWireOptions {
  /** The file's name for places, `delta.json`; null where the delta came over a connection. */
  readonly source: string | null;
  readonly limits?: Pick<Limits, "json_bytes" | "json_depth">;
}

const MEMBERS = ["proposer", "reason", "base", "key", "assert", "retract"];
const ROW_DEPTH = 3;

/**
 * Reads a delta in its JSON form. What relations and types have to say about it is the gate's matter; here it need only be a delta.
 * Takes the document's text or bytes. Returns it with the place of every asserted row (`delta.json:12`) where `source` is named.
 * Errors (`AssayError`): those of `readExactJson`; `delta.member` for a member that is missing, unknown or of the wrong kind,
 * `delta.empty` where neither `assert` nor `retract` stands, `delta.row` for a row that is neither array nor object, or holds an object.
 */
export function readDelta(document: string | Uint8Array, options: DeltaWireOptions): ProposedDelta {
  const offsets = new Map<object, number>();
  const json: ExactJsonOptions = options.source === null ? options : { ...options, positions: { depth: ROW_DEPTH, offsets } };
  const value = typeof document === "string" ? readExactJson(document, json) : readExactJsonBytes(document, json);
  const { source } = options;
  if (source === null) return deltaOf(value, null);
  const text = typeof document === "string" ? document : new TextDecoder().decode(document);
  return deltaOf(value, source, { source, offsets, lineOf: lineFinder(text) });
}

interface Positions {
  readonly source: string;
  readonly offsets: ReadonlyMap<object, number>;
  readonly lineOf: LineOf;
}

/** The delta that a JSON value says; `place` names it in errors. Errors: those of `readDelta` that are about deltas. */
export function deltaOf(value: ExactValue, place: string | null, positions: Positions | null = null): ProposedDelta {
  const fail: Fail = (code, detail) => {
    throw new AssayError(code, detail, { place });
  };
  if (!(value instanceof Map)) return fail("delta.member", "a delta is a JSON object");
  const members: ReadonlyMap<string, ExactValue> = value;
  const unknown = [...members.keys()].find((name) => !MEMBERS.includes(name));
  if (unknown !== undefined) fail("delta.member", `\`${unknown}\` is no member of a delta; there are ${MEMBERS.join(", ")}`);
  if (!members.has("assert") && !members.has("retract")) fail("delta.empty", "neither `assert` nor `retract` stands in the delta");
  const rowsOf = (name: "assert" | "retract") => readSide(members.get(name), name, fail);
  const assert = rowsOf("assert");
  return {
    ...headOf(members, fail),
    assert: proposedRows(assert),
    retract: proposedRows(rowsOf("retract")),
    places: positions === null ? new Map() : placesOf(positions.source, assert, positions.offsets, positions.lineOf),
  };
}

/** What a delta says of itself beside its rows. */
export type DeltaHead = Pick<ProposedDelta, "proposer" | "reason" | "base" | "key">;

/** The head of a delta from its members. `fail` is told what is wrong and throws. */
export function headOf(members: ReadonlyMap<string, ExactValue>, fail: Fail): DeltaHead {
  return {
    proposer: textMember(members, "proposer", fail) ?? fail("delta.member", "the member `proposer` is missing"),
    reason: textMember(members, "reason", fail) ?? "",
    base: baseMember(members, fail),
    key: textMember(members, "key", fail),
  };
}

export type Fail = (code: "delta.member" | "delta.empty" | "delta.row", detail: string) => never;
type WireRow = readonly ExactValue[] | ReadonlyMap<string, ExactValue>;

function textMember(members: ReadonlyMap<string, ExactValue>, name: string, fail: Fail): string | null {
  const value = members.get(name) ?? null;
  return value === null || typeof value === "string" ? value : fail("delta.member", `the member \`${name}\` is no string`);
}

function baseMember(members: ReadonlyMap<string, ExactValue>, fail: Fail): number | null {
  const value = members.get("base") ?? null;
  if (value === null) return null;
  if (typeof value !== "bigint" || value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER)) {
    return fail("delta.member", "the member `base` is no commit number");
  }
  return Number(value);
}

function readSide(value: ExactValue | undefined, name: string, fail: Fail): ReadonlyMap<string, readonly WireRow[]> {
  if (value === undefined || value === null) return new Map();
  if (!(value instanceof Map)) return fail("delta.member", `the member \`${name}\` is no object of relations`);
  const relations: ReadonlyMap<string, ExactValue> = value;
  for (const [relation, rows] of relations) {
    if (!Array.isArray(rows)) fail("delta.member", `the member \`${name}\` holds no array for \`${relation}\``);
    for (const [index, row] of (rows as readonly ExactValue[]).entries()) {
      const values = row instanceof Map ? row.values() : Array.isArray(row) ? row.values() : null;
      if (values === null || isDecimal(row)) fail("delta.row", `\`/${name}/${relation}/${index}\` is neither an array nor an object`);
      for (const item of values ?? []) {
        if (item instanceof Map) fail("delta.row", `\`/${name}/${relation}/${index}\` holds an object where a value belongs`);
      }
    }
  }
  return relations as ReadonlyMap<string, readonly WireRow[]>;
}

function proposedRows(side: ReadonlyMap<string, readonly WireRow[]>): ReadonlyMap<string, readonly ProposedRow[]> {
  return new Map([...side].map(([relation, rows]) => [relation, rows.map(proposedRow)]));
}

/** A row as a delta holds it. */
export function proposedRow(row: WireRow): ProposedRow {
  if (!(row instanceof Map)) return row as readonly ProposedValue[];
  const members: { [attribute: string]: ProposedValue } = Object.create(null);
  for (const [attribute, value] of row) members[attribute] = value as ProposedValue;
  return members;
}

function placesOf(
  source: string,
  assert: ReadonlyMap<string, readonly WireRow[]>,
  offsets: ReadonlyMap<object, number>,
  lineOf: LineOf,
): ReadonlyMap<string, readonly (Place | null)[]> {
  const place = (row: WireRow): Place => `${source}:${lineOf(offsets.get(row) ?? 0)}`;
  return new Map([...assert].map(([relation, rows]) => [relation, rows.map(place)]));
}
