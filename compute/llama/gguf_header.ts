import { createHash } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { AssayError } from "../../schema/assay_error.ts";
import { limits } from "../../schema/limits.ts";
import { GgufCursor, type GgufValue } from "./gguf_cursor.ts";

/** What a model file says of itself, and its hash. */
export interface ModelFile {
  readonly path: string;
  /** `sha256:…` over the whole file. */
  readonly hash: string;
  readonly bytes: number;
  /** Which file it was and when it last changed, to tell whether it was replaced. */
  readonly version: string;
  readonly architecture: string;
  /** Tokens that the model was made for. */
  readonly context: number;
}

/** So much of a file is read for its header, more where it is longer: vocabularies of real models take some 15 MB. */
const HEADER_BYTES = [1, 8, 64].map((mb) => mb * 1024 * 1024);
const READ_BYTES = 4 * 1024 * 1024;

/** Elements of a block of each tensor type, and its bytes: `ggml_type` of llama.cpp's ggml.h. */
const BLOCKS: ReadonlyMap<number, readonly [number, number]> = new Map(
  [
    ...[
      [0, 1, 4],
      [1, 1, 2],
      [24, 1, 1],
      [25, 1, 2],
      [26, 1, 4],
      [27, 1, 8],
      [28, 1, 8],
      [30, 1, 2],
    ],
    ...[
      [2, 32, 18],
      [3, 32, 20],
      [6, 32, 22],
      [7, 32, 24],
      [8, 32, 34],
      [9, 32, 36],
      [20, 32, 18],
      [39, 32, 17],
    ],
    ...[
      [10, 256, 84],
      [11, 256, 110],
      [12, 256, 144],
      [13, 256, 176],
      [14, 256, 210],
      [15, 256, 292],
      [16, 256, 66],
      [17, 256, 74],
    ],
    ...[
      [18, 256, 98],
      [19, 256, 50],
      [21, 256, 110],
      [22, 256, 82],
      [23, 256, 136],
      [29, 256, 56],
      [34, 256, 54],
      [35, 256, 66],
    ],
  ].map(([type, elements, bytes]) => [type as number, [elements as number, bytes as number]]),
);

/**
 * Reads the header of a GGUF file (versions 2 and 3 of the format in ggml's docs/gguf.md) and holds it to what llama.cpp asserts where it
 * would end the process: its numbers, the vocabulary, that every tensor lies within the file, and that a llama has the tensors it needs.
 * Errors: `model.not_found`; `limit.model_mb` for a file of more than `memory_mb`; `model.unreadable` for a file that is no such model, is cut short or contradicts itself.
 */
export async function readModelFile(path: string, memory_mb: number): Promise<ModelFile> {
  const file = await opened(path);
  try {
    const stat = await file.stat({ bigint: true });
    const size = Number(stat.size);
    if (size > memory_mb * 1024 * 1024) {
      throw new AssayError("limit.model_mb", `\`${path}\` has ${size} bytes, the memory is ${memory_mb} ${limits.model_mb.unit}`, {
        place: path,
      });
    }
    const said = await headerOf(file, size, path);
    return { path, hash: await hashOf(file), bytes: size, version: versionOf(stat), ...said };
  } finally {
    await file.close();
  }
}

async function headerOf(file: FileHandle, size: number, path: string): Promise<Said> {
  for (const bytes of HEADER_BYTES) {
    const head = Buffer.alloc(Math.min(size, bytes));
    await file.read(head, 0, head.length, 0);
    const cursor = new GgufCursor(head, size, path);
    try {
      return checkedHeader(cursor, size, path);
    } catch (cause) {
      if (!cursor.isPast || bytes === HEADER_BYTES.at(-1)) throw cause;
    }
  }
  throw new Error("no size of a header was tried");
}

/** What differs wherever a path names another file, or the same one written since. A time of change cannot be set back, unlike that of writing. */
export function versionOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(":");
}

async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path);
  } catch (cause) {
    throw new AssayError("model.not_found", `there is no model file \`${path}\``, { place: path, cause });
  }
}

async function hashOf(file: FileHandle): Promise<string> {
  const hash = createHash("sha256");
  const chunk = Buffer.alloc(READ_BYTES);
  for (let at = 0; ; ) {
    const { bytesRead } = await file.read(chunk, 0, READ_BYTES, at);
    if (bytesRead === 0) return `sha256:${hash.digest("hex")}`;
    hash.update(chunk.subarray(0, bytesRead));
    at += bytesRead;
  }
}

const F32 = 0;
/** Whole numbers and 64-bit floats, which a file may hold and no matrix is multiplied with. */
const UNWEIGHABLE: ReadonlySet<number> = new Set([24, 25, 26, 27, 28]);

type Said = Pick<ModelFile, "architecture" | "context">;

interface Tensor {
  readonly type: number;
  readonly dims: readonly number[];
  readonly offset: number;
  readonly bytes: number;
}

function checkedHeader(cursor: GgufCursor, size: number, path: string): Said {
  const fail = (detail: string): never => {
    throw new AssayError("model.unreadable", detail, { place: path });
  };
  if (cursor.bytes(4).toString("latin1") !== "GGUF") fail("the file is no GGUF file: it does not begin with `GGUF`");
  const version = cursor.u32();
  if (version !== 2 && version !== 3) fail(`the file is GGUF of version ${version}; versions 2 and 3 are read`);
  const tensorCount = cursor.count("tensors");
  const pairCount = cursor.count("key-value pairs");
  const values = new Map<string, GgufValue>();
  for (let at = 0; at < pairCount; at++) {
    const key = cursor.text();
    if (values.has(key)) fail(`the key \`${key}\` stands twice`);
    values.set(key, cursor.value());
  }
  const tensors = new Map<string, Tensor>();
  for (let at = 0; at < tensorCount; at++) {
    const name = cursor.text();
    if (tensors.has(name)) fail(`the tensor \`${name}\` stands twice`);
    tensors.set(name, readTensor(cursor, name, fail));
  }
  const alignment = values.get("general.alignment") ?? 32;
  if (typeof alignment !== "number" || alignment < 8 || alignment % 8 !== 0) return fail("`general.alignment` is no multiple of 8");
  const start = Math.ceil(cursor.at / alignment) * alignment;
  for (const [name, { offset, bytes }] of tensors) {
    if (offset % alignment !== 0) fail(`the tensor \`${name}\` is not aligned to ${alignment} bytes`);
    if (start + offset + bytes > size)
      fail(`the file is cut short: it has ${size} bytes, and \`${name}\` ends at ${start + offset + bytes}`);
  }
  return checkedModel(values, tensors, fail);
}

function readTensor(cursor: GgufCursor, name: string, fail: (detail: string) => never): Tensor {
  const rank = cursor.u32();
  if (rank < 1 || rank > 4) fail(`the tensor \`${name}\` has ${rank} dimensions; 1 to 4 can be`);
  const dims = Array.from({ length: rank }, () => cursor.count(`elements of \`${name}\``));
  const type = cursor.u32();
  const [elements, bytes] = BLOCKS.get(type) ?? fail(`the tensor \`${name}\` has the unknown type ${type}`);
  const total = dims.reduce((product, dim) => product * dim, 1);
  if (total === 0 || !Number.isSafeInteger(total) || (dims[0] ?? 0) % elements !== 0) fail(`the tensor \`${name}\` has an impossible size`);
  return { type, dims, offset: cursor.count(`bytes before \`${name}\``), bytes: (total / elements) * bytes };
}

function checkedModel(values: ReadonlyMap<string, GgufValue>, tensors: ReadonlyMap<string, Tensor>, fail: (detail: string) => never): Said {
  const architecture = values.get("general.architecture");
  if (typeof architecture !== "string") return fail("the file does not name its `general.architecture`");
  const number = (name: string): number => {
    const value = values.get(`${architecture}.${name}`);
    const first = Array.isArray(value) ? value[0] : value;
    return typeof first === "number" && Number.isSafeInteger(first) && first > 0
      ? first
      : fail(`\`${architecture}.${name}\` is no positive number`);
  };
  const context = number("context_length");
  const dim = number("embedding_length");
  const blocks = number("block_count");
  const heads = number("attention.head_count");
  if (architecture === "llama" && dim % heads !== 0) fail(`${heads} heads do not divide the embedding length ${dim}`);
  const epsilon = values.get(`${architecture}.attention.layer_norm_rms_epsilon`) ?? 0;
  if (typeof epsilon !== "number" || !(epsilon >= 0 && Number.isFinite(epsilon)))
    fail(`\`${architecture}.attention.layer_norm_rms_epsilon\` is negative or no number`);
  const tokens = values.get("tokenizer.ggml.tokens");
  if (typeof values.get("tokenizer.ggml.model") !== "string") fail("the file does not name its `tokenizer.ggml.model`");
  if (!Array.isArray(tokens) || tokens.length === 0) return fail("`tokenizer.ggml.tokens` is no list of tokens");
  // llama.cpp reads a token up to its first zero byte and gives empty ones names of their own.
  const texts = tokens.map((token) => String(token).split("\0", 1)[0]).filter((text) => text !== "");
  if (new Set(texts).size !== texts.length) fail("`tokenizer.ggml.tokens` lists a token twice");
  const embedding = tensors.get("token_embd.weight")?.dims ?? fail("the tensor `token_embd.weight` is missing");
  if (embedding[0] !== dim || embedding[1] !== tokens.length)
    fail("`token_embd.weight` does not fit the vocabulary and the embedding length");
  if (architecture === "llama") {
    number("feed_forward_length");
    for (const [name, { type, dims }] of tensors)
      if (UNWEIGHABLE.has(type) || (dims.length === 1 && type !== F32)) fail(`the tensor \`${name}\` has weights of the type ${type}`);
    const each = ["attn_norm", "attn_q", "attn_k", "attn_v", "attn_output", "ffn_norm"];
    for (let at = 0; at < blocks; at++) {
      const missing = each.find((name) => !tensors.has(`blk.${at}.${name}.weight`));
      if (missing !== undefined) fail(`the tensor \`blk.${at}.${missing}.weight\` is missing`);
    }
    if (!tensors.has("output_norm.weight")) fail("the tensor `output_norm.weight` is missing");
  }
  return { architecture, context };
}
