import { hash } from "node:crypto";
import { BATCH_START, LANE_BYTES, NAME_BYTES_MAX, uuid5Module } from "./sha1_kernel.ts";

/** Names in the layout of an Arrow Utf8 column: row `i` is `bytes[offsets[i] … offsets[i + 1])`. */
export interface NameColumn {
  readonly bytes: Uint8Array;
  readonly offsets: Int32Array;
}

/** A batch is hashed at once: large enough to hide the calls, small enough to stay in the cache. */
const BATCH_ROWS = 16_384;
const BATCH_BYTES = 1 << 20;
const PAGE = 65_536;
const MEMORY_BYTES = BATCH_START + BATCH_BYTES + NAME_BYTES_MAX + 64 + (BATCH_ROWS + 8) * 4 + (BATCH_ROWS + 4) * 16;

/** What is used of WebAssembly, whose types come with the browser's library only. */
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: { readonly [name: string]: unknown } };
};

interface Kernel {
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  run(offsets: number, groups: number, out: number): void;
}

let kernel: Kernel | null = null;

function instance(): Kernel {
  if (kernel !== null) return kernel;
  const memory = new WebAssembly.Memory({ initial: Math.ceil(MEMORY_BYTES / PAGE) });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(uuid5Module()), { env: { memory } });
  const run = exports["run"] as Kernel["run"];
  kernel = { bytes: new Uint8Array(memory.buffer), words: new Int32Array(memory.buffer), run };
  return kernel;
}

/**
 * RFC 9562 version 5 UUIDs of a column of names under one namespace: 16 bytes a row, in order. `namespace` has 16 bytes.
 * Errors: a plain `Error` for a namespace of another length or offsets that do not rise.
 */
export function uuid5Column(namespace: Uint8Array, names: NameColumn): Uint8Array {
  if (namespace.length !== 16) throw new Error(`a namespace has 16 bytes, not ${namespace.length}`);
  const rows = Math.max(0, names.offsets.length - 1);
  const ids = new Uint8Array(rows * 16);
  const { bytes } = instance();
  for (let lane = 0; lane < 4; lane++) bytes.set(namespace, lane * LANE_BYTES);
  for (let row = 0; row < rows; ) {
    const end = batchEnd(names, row, rows);
    if (end === row) {
      ids.set(longName(namespace, names.bytes.subarray(names.offsets[row], names.offsets[row + 1])), row * 16);
      row += 1;
    } else {
      ids.set(hashBatch(names, row, end), row * 16);
      row = end;
    }
  }
  return ids;
}

/** Where the batch from `row` on ends: before a name that is too long for a lane. */
function batchEnd({ offsets }: NameColumn, row: number, rows: number): number {
  const first = offsets[row] ?? 0;
  const most = Math.min(rows, row + BATCH_ROWS);
  let end = row;
  for (let start = first; end < most; end++) {
    const next = offsets[end + 1] ?? 0;
    if (next < start) throw new Error(`the offsets fall at row ${end}`);
    if (next - start > NAME_BYTES_MAX || next - first > BATCH_BYTES) break;
    start = next;
  }
  return end;
}

function hashBatch({ bytes, offsets }: NameColumn, row: number, end: number): Uint8Array {
  const { bytes: memory, words, run } = instance();
  const first = offsets[row] ?? 0;
  const last = offsets[end] ?? 0;
  memory.set(bytes.subarray(first, last), BATCH_START);
  const table = (BATCH_START + (last - first) + 16 + 15) & ~15;
  const count = end - row;
  const groups = (count + 3) >> 2;
  for (let index = 0; index <= groups * 4; index++) {
    words[(table >> 2) + index] = BATCH_START - first + (offsets[Math.min(row + index, end)] ?? 0);
  }
  const out = (table + (groups * 4 + 1) * 4 + 15) & ~15;
  run(table, groups, out);
  return memory.subarray(out, out + count * 16);
}

function longName(namespace: Uint8Array, name: Uint8Array): Uint8Array {
  const digest = hash("sha1", Buffer.concat([namespace, name]), "buffer").subarray(0, 16);
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x50;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  return digest;
}
