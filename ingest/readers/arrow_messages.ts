import type { FileHandle } from "node:fs/promises";
import { FlatBuffer, type FlatTable } from "./flat_table.ts";

const METADATA_BYTES_MAX = 256 * 1024 * 1024;
const FIELD_DEPTH_MAX = 64;
const ROWS_ALWAYS_FINE = 1_048_576n;
const MAGIC_BYTES = 6;

/** Bytes to be read at random. */
export interface ByteSource {
  readonly size: number;
  read(at: number, length: number): Promise<Buffer>;
}

/** An open file as it is now. */
export async function fileSource(handle: FileHandle): Promise<ByteSource> {
  const { size } = await handle.stat();
  const read = async (at: number, length: number): Promise<Buffer> => {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, at);
    if (bytesRead !== length) throw new RangeError("the file ends early");
    return buffer;
  };
  return { size, read };
}

/**
 * Checks the frame of an Arrow IPC file or stream before it is decoded: messages lie inside the file, vectors inside their messages,
 * buffers inside their bodies, and no length is more than the bytes behind it can hold. Arrow columnar format, "Serialization and
 * Interprocess Communication".
 * Errors: a `RangeError` that says what is broken.
 */
export async function checkArrowMessages(source: ByteSource, kind: "file" | "stream"): Promise<void> {
  const { size } = source;
  if (kind === "file") return checkFile(source);
  let at = 0;
  while (at < size) {
    const end = await checkMessage(source, at);
    if (end === null) return;
    at = end;
  }
}

/** Where a stream that begins at `at` ends, its closing mark included. Errors: a `RangeError`, also where that mark is missing. */
export async function endOfArrowStream(source: ByteSource, from: number): Promise<number> {
  for (let at = from; ; ) {
    const end = await checkMessage(source, at);
    if (end === null) return at + ((await bytesAt(source, at, 4)).readInt32LE(0) === -1 ? 8 : 4);
    at = end;
  }
}

async function checkFile(source: ByteSource): Promise<void> {
  const { size } = source;
  const tail = size - MAGIC_BYTES - 4;
  const footerBytes = (await bytesAt(source, tail, 4)).readInt32LE(0);
  const footer = new FlatBuffer(await bytesAt(source, tail - footerBytes, footerBytes)).root();
  const schema = footer.table(1);
  if (schema === null) throw new RangeError("the footer has no schema");
  checkSchema(schema);
  for (const block of [...footer.structs(2, 3), ...footer.structs(3, 3)]) await checkMessage(source, Number(block[0]));
}

/** Checks the message at `at` and gives the offset behind it, or null for the mark of the end. */
async function checkMessage(source: ByteSource, at: number): Promise<number | null> {
  const continued = (await bytesAt(source, at, 4)).readInt32LE(0) === -1;
  const lengthAt = continued ? at + 4 : at;
  const length = (await bytesAt(source, lengthAt, 4)).readInt32LE(0);
  if (length === 0) return null;
  const message = new FlatBuffer(await bytesAt(source, lengthAt + 4, length)).root();
  const body = message.long(3);
  const end = lengthAt + 4 + length + Number(body);
  if (body < 0n || end > source.size) throw new RangeError("a message's body is longer than the file");
  checkHeader(message, body);
  message.tables(4);
  return end;
}

function checkHeader(message: FlatTable, body: bigint): void {
  const header = message.table(2);
  const kind = message.byte(1);
  if (header === null || kind < 1 || kind > 3) throw new RangeError(`message kind ${kind}`);
  if (kind === 1) checkSchema(header);
  const batch = kind === 2 ? header.table(1) : kind === 3 ? header : null;
  if (batch !== null) checkBatch(batch, body);
}

function checkSchema(schema: FlatTable): void {
  schema.tables(2);
  for (const field of schema.tables(1)) checkField(field, 0);
}

function checkField(field: FlatTable, depth: number): void {
  if (depth > FIELD_DEPTH_MAX) throw new RangeError("fields nest too deep");
  field.tables(6);
  for (const child of field.tables(5)) checkField(child, depth + 1);
}

/** Each row needs a bit of the body at least; rows of the null type need none, so a small count is always fine. */
function checkBatch(batch: FlatTable, body: bigint): void {
  const compressed = batch.table(3) !== null;
  const most = compressed ? 2n ** 31n : body * 8n > ROWS_ALWAYS_FINE ? body * 8n : ROWS_ALWAYS_FINE;
  const lengths = [batch.long(0), ...batch.structs(1, 2).map(([length]) => length as bigint)];
  if (lengths.some((length) => length < 0n || length > most)) throw new RangeError("a batch has more rows than bits");
  for (const [offset, length] of batch.structs(2, 2) as [bigint, bigint][]) {
    if (offset < 0n || length < 0n || offset + length > body) throw new RangeError("a buffer lies outside its body");
  }
  batch.structs(4, 1);
}

async function bytesAt(source: ByteSource, at: number, length: number): Promise<Buffer> {
  if (at < 0 || length < 0 || length > METADATA_BYTES_MAX || at + length > source.size) {
    throw new RangeError("a length points outside the file");
  }
  return source.read(at, length);
}
