import { type Data, type Field, RecordBatchReader, type Schema, type Vector } from "apache-arrow";
import { AssayError } from "../schema/assay_error.ts";
import type { ProposedDelta, ProposedRow, ProposedValue } from "../schema/delta.ts";
import { type DeltaHead, headOf } from "../schema/delta_wire.ts";
import type { ExactValue } from "../schema/exact_json.ts";
import type { Place } from "../schema/place.ts";
import { arrowCells, type CellReader, notUtf8 } from "./readers/arrow_cells.ts";
import { checkData } from "./readers/arrow_data.ts";
import { endOfArrowStream } from "./readers/arrow_messages.ts";

const CARRIED = new Set(["integer", "wide", "float", "text"]);

export interface ArrowDeltaOptions {
  /** The file's name for places, or null. */
  readonly source: string | null;
  /** What the streams' metadata need not say, as where the delta's proposer is known by other means. */
  readonly head?: Partial<DeltaHead>;
}

interface Stream {
  readonly metadata: ReadonlyMap<string, string>;
  readonly rows: ProposedRow[];
}

/**
 * Reads a delta as Arrow: one IPC stream a relation, one behind the other. The schema's metadata name the relation (`assay.relation`) and
 * the side (`assay.op`: `assert`, which it is where absent, or `retract`), those of the first stream also the delta's head
 * (`assay.proposer`, `assay.reason`, `assay.base`, `assay.key`). Columns are attributes by name: integers, floats and texts.
 * Errors (`AssayError`): `ingest.bad_arrow`, `ingest.column_type`, `ingest.not_utf8`, `delta.member`, `delta.empty`.
 */
export async function readArrowDelta(bytes: Uint8Array, options: ArrowDeltaOptions): Promise<ProposedDelta> {
  const { source } = options;
  const streams: Stream[] = [];
  for (const part of await streamsOf(bytes, source)) streams.push(readStream(part, source));
  const [first] = streams;
  if (first === undefined) throw new AssayError("delta.empty", "there is no stream of rows", { place: source });
  const sides = { assert: new Map<string, ProposedRow[]>(), retract: new Map<string, ProposedRow[]>() };
  for (const { metadata, rows } of streams) {
    const relation = metadata.get("assay.relation");
    const op = metadata.get("assay.op") ?? "assert";
    if (relation === undefined) throw new AssayError("delta.member", "a stream's metadata lack `assay.relation`", { place: source });
    if (op !== "assert" && op !== "retract") {
      throw new AssayError("delta.member", `\`assay.op\` is \`${op}\`, neither \`assert\` nor \`retract\``, { place: source });
    }
    const known = sides[op].get(relation) ?? [];
    sides[op].set(relation, known);
    for (const row of rows) known.push(row);
  }
  return { ...arrowHead(first.metadata, options), ...sides, places: placesOf(sides.assert, source) };
}

function arrowHead(metadata: ReadonlyMap<string, string>, { source, head = {} }: ArrowDeltaOptions): DeltaHead {
  const members = new Map<string, ExactValue>();
  for (const name of ["proposer", "reason", "base", "key"] as const) {
    const said = metadata.get(`assay.${name}`) ?? head[name] ?? null;
    if (said === null) continue;
    members.set(name, name === "base" && /^\d{1,16}$/.test(String(said)) ? BigInt(said) : String(said));
  }
  return headOf(members, (code, detail) => {
    throw new AssayError(code, detail, { place: source });
  });
}

function placesOf(rows: ReadonlyMap<string, readonly ProposedRow[]>, source: string | null): ReadonlyMap<string, readonly Place[]> {
  if (source === null) return new Map();
  return new Map([...rows].map(([relation, list]) => [relation, list.map((_, index) => `${source}:${relation}:${index + 1}`)]));
}

/** Cuts the streams apart, each with its closing mark: one that was sent by half has none. */
async function streamsOf(bytes: Uint8Array, source: string | null): Promise<Uint8Array[]> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = async (at: number, length: number): Promise<Buffer> => buffer.subarray(at, at + length);
  const parts: Uint8Array[] = [];
  for (let from = 0; from < bytes.length; ) {
    const end = await endOfArrowStream({ size: bytes.length, read }, from).catch((cause: unknown) => {
      throw badArrow(source, cause);
    });
    // A copy, so that buffers are aligned as the format has them within its own stream.
    parts.push(bytes.slice(from, end));
    from = end;
  }
  return parts;
}

function readStream(bytes: Uint8Array, source: string | null): Stream {
  try {
    const reader = RecordBatchReader.from(bytes).open();
    const schema: Schema = reader.schema;
    const names = schema.fields.map(({ name }) => name);
    if (new Set(names).size < names.length)
      throw new AssayError("delta.member", "two columns of a stream have one name", { place: source });
    const rows: ProposedRow[] = [];
    for (const batch of reader) {
      const cells = schema.fields.map((field, index) => cellsOf(field, batch.getChildAt(index) as Vector, batch.numRows, source));
      for (let row = 0; row < batch.numRows; row += 1) rows.push(rowAt(names, cells, row, source));
    }
    return { metadata: schema.metadata, rows };
  } catch (cause) {
    throw cause instanceof AssayError ? cause : badArrow(source, cause);
  }
}

function cellsOf(field: Field, vector: Vector, rows: number, source: string | null): CellReader {
  const cells = arrowCells(field);
  if (!CARRIED.has(cells.kind)) {
    throw new AssayError("ingest.column_type", `the column \`${field.name}\` is ${field.type}, which no attribute takes`, {
      place: source,
    });
  }
  checkData(vector.data[0] as Data, rows);
  return cells.read(vector);
}

function rowAt(names: readonly string[], cells: readonly CellReader[], row: number, source: string | null): ProposedRow {
  const members: { [attribute: string]: ProposedValue } = Object.create(null);
  for (const [index, name] of names.entries()) {
    const value = (cells[index] as CellReader)(row);
    if (value === notUtf8) throw new AssayError("ingest.not_utf8", `the column \`${name}\` is not UTF-8`, { place: source });
    members[name] = value as ProposedValue;
  }
  return members;
}

function badArrow(source: string | null, cause: unknown): AssayError {
  const why = cause instanceof RangeError ? `: ${cause.message}` : "";
  return new AssayError("ingest.bad_arrow", `the delta cannot be read as Arrow IPC streams${why}`, { place: source, cause });
}
