import { AssayError } from "./assay_error.ts";
import type { ProposedDelta, ProposedRow } from "./delta.ts";
import { type DeltaWireOptions, headOf, proposedRow } from "./delta_wire.ts";
import { type ExactValue, isDecimal, readExactJsonBytes } from "./exact_json.ts";
import type { Place } from "./place.ts";

const HEAD_MEMBERS = ["proposer", "reason", "base", "key"];
const OP_MEMBERS = ["op", "relation", "row"];
const LINE_END = 10;

interface Side {
  readonly rows: Map<string, ProposedRow[]>;
  readonly places: Map<string, Place[]>;
}

/**
 * Reads a delta as NDJSON. The first line is its head, `{"proposer": …, "reason": …, "base": …, "key": …}`; every other one is an operation,
 * `{"op": "assert", "relation": "depends", "row": [ … ]}`, its row an array or an object. Blank lines are left out.
 * Errors (`AssayError`): those of `readDelta`, each with its line where `source` is named.
 */
export function readDeltaLines(bytes: Uint8Array, options: DeltaWireOptions): ProposedDelta {
  const assert: Side = { rows: new Map(), places: new Map() };
  const retract: Side = { rows: new Map(), places: new Map() };
  let head: ReadonlyMap<string, ExactValue> | null = null;
  for (const { line, text } of linesOf(bytes)) {
    const place = options.source === null ? null : `${options.source}:${line}`;
    const value = readExactJsonBytes(text, { ...options, firstLine: line });
    if (!(value instanceof Map)) return fail("delta.member", `line ${line} is no JSON object`, place);
    const members: ReadonlyMap<string, ExactValue> = value;
    if (head === null) {
      checkMembers(members, HEAD_MEMBERS, line, place);
      head = members;
    } else addOperation(members, line, place, assert, retract);
  }
  if (head === null) return fail("delta.empty", "there is no line", options.source);
  if (assert.rows.size + retract.rows.size === 0) return fail("delta.empty", "no line asserts or retracts", options.source);
  const said = headOf(head, (code, detail) => fail(code, detail, options.source));
  return { ...said, assert: assert.rows, retract: retract.rows, places: options.source === null ? new Map() : assert.places };
}

/** Adds the row of one line to its side. */
function addOperation(members: ReadonlyMap<string, ExactValue>, line: number, place: Place | null, assert: Side, retract: Side): undefined {
  checkMembers(members, OP_MEMBERS, line, place);
  const op = members.get("op");
  const relation = members.get("relation");
  const row = members.get("row");
  if (op !== "assert" && op !== "retract") return fail("delta.member", `\`op\` of line ${line} is neither "assert" nor "retract"`, place);
  if (typeof relation !== "string") return fail("delta.member", `\`relation\` of line ${line} is no string`, place);
  const values = row instanceof Map ? [...row.values()] : Array.isArray(row) ? row : null;
  if (values === null || isDecimal(row)) return fail("delta.row", `\`row\` of line ${line} is neither an array nor an object`, place);
  if (values.some((item) => item instanceof Map)) fail("delta.row", `\`row\` of line ${line} holds an object where a value belongs`, place);
  const side = op === "assert" ? assert : retract;
  const known = side.rows.get(relation) ?? [];
  if (known.length === 0) side.rows.set(relation, known);
  known.push(proposedRow(row as Parameters<typeof proposedRow>[0]));
  const places = side.places.get(relation) ?? [];
  if (places.length === 0) side.places.set(relation, places);
  places.push(place ?? "");
}

function checkMembers(members: ReadonlyMap<string, ExactValue>, known: readonly string[], line: number, place: Place | null): void {
  const unknown = [...members.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined) fail("delta.member", `\`${unknown}\` is no member of line ${line}; there are ${known.join(", ")}`, place);
}

function* linesOf(bytes: Uint8Array): Generator<{ readonly line: number; readonly text: Uint8Array }> {
  let line = 1;
  for (let from = 0; from < bytes.length; line += 1) {
    const end = bytes.indexOf(LINE_END, from);
    const to = end === -1 ? bytes.length : end;
    const text = bytes.subarray(from, to);
    if (text.some((byte) => byte !== 32 && byte !== 9 && byte !== 13)) yield { line, text };
    from = to + 1;
  }
}

function fail(code: "delta.member" | "delta.empty" | "delta.row", detail: string, place: Place | null): never {
  throw new AssayError(code, detail, { place });
}
