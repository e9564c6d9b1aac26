import { seededChoices } from "./seeded.ts";

/** The ids of GGUF's value types, as the format numbers them. */
const U32 = 4;
const I32 = 5;
const F32 = 6;
const TEXT = 8;
const ARRAY = 9;

const ALIGNMENT = 32;
const NORMAL = 1;
const UNKNOWN = 2;
const CONTROL = 3;
const USER_DEFINED = 4;
const BYTE = 6;
const END_TOKEN = 2;

/** A tensor of 32-bit floats; `dims` begins with the input dimension, as GGUF has it. */
interface Tensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

interface Token {
  readonly text: string;
  readonly type: number;
}

interface Shape {
  readonly dim: number;
  readonly heads: number;
  readonly feed_forward: number;
  readonly layers: number;
  readonly context: number;
  readonly tokens: readonly Token[];
}

/** Writes numbers and texts one behind the other, little end first. */
class Bytes {
  readonly #parts: Buffer[] = [];
  #size = 0;

  add(bytes: Buffer): void {
    this.#parts.push(bytes);
    this.#size += bytes.length;
  }

  u32(value: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    this.add(bytes);
  }

  u64(value: number): void {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(value));
    this.add(bytes);
  }

  f32(value: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(value);
    this.add(bytes);
  }

  text(value: string): void {
    const bytes = Buffer.from(value);
    this.u64(bytes.length);
    this.add(bytes);
  }

  pad(): void {
    this.add(Buffer.alloc((ALIGNMENT - (this.#size % ALIGNMENT)) % ALIGNMENT));
  }

  whole(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

/** A token for every byte, for a space and for printable ASCII; then `more`. */
function vocabulary(more: readonly Token[]): Token[] {
  const bytes = Array.from({ length: 256 }, (_, byte) => ({ text: `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`, type: BYTE }));
  const ascii = Array.from({ length: 94 }, (_, at) => ({ text: String.fromCharCode(33 + at), type: NORMAL }));
  const ends = [
    { text: "<unk>", type: UNKNOWN },
    { text: "<s>", type: CONTROL },
    { text: "</s>", type: CONTROL },
  ];
  return [...ends, ...bytes, { text: "\u2581", type: NORMAL }, ...ascii, ...more];
}

function keyValues(shape: Shape): { readonly count: number; readonly bytes: Buffer } {
  const out = new Bytes();
  let count = 0;
  const number = (key: string, value: number): void => {
    out.text(key);
    out.u32(U32);
    out.u32(value);
    count++;
  };
  const text = (key: string, value: string): void => {
    out.text(key);
    out.u32(TEXT);
    out.text(value);
    count++;
  };
  const list = <T>(key: string, type: number, values: readonly T[], write: (value: T, at: number) => void): void => {
    out.text(key);
    out.u32(ARRAY);
    out.u32(type);
    out.u64(values.length);
    values.forEach(write);
    count++;
  };
  text("general.architecture", "llama");
  number("llama.context_length", shape.context);
  number("llama.embedding_length", shape.dim);
  number("llama.block_count", shape.layers);
  number("llama.feed_forward_length", shape.feed_forward);
  number("llama.attention.head_count", shape.heads);
  out.text("llama.attention.layer_norm_rms_epsilon");
  out.u32(F32);
  out.f32(1e-6);
  count++;
  text("tokenizer.ggml.model", "llama");
  list("tokenizer.ggml.tokens", TEXT, shape.tokens, ({ text }) => out.text(text));
  list("tokenizer.ggml.scores", F32, shape.tokens, (_, at) => out.f32(-at));
  list("tokenizer.ggml.token_type", I32, shape.tokens, ({ type }) => out.u32(type));
  number("tokenizer.ggml.bos_token_id", 1);
  number("tokenizer.ggml.eos_token_id", END_TOKEN);
  return { count, bytes: out.whole() };
}

function ggufOf(shape: Shape, tensors: readonly Tensor[]): Buffer {
  const { count, bytes } = keyValues(shape);
  const head = new Bytes();
  head.add(Buffer.from("GGUF"));
  head.u32(3);
  head.u64(tensors.length);
  head.u64(count);
  head.add(bytes);
  const data = new Bytes();
  let offset = 0;
  for (const { name, dims, data: values } of tensors) {
    head.text(name);
    head.u32(dims.length);
    for (const dim of dims) head.u64(dim);
    head.u32(0);
    head.u64(offset);
    data.add(Buffer.from(values.buffer, values.byteOffset, values.byteLength));
    data.pad();
    offset = Math.ceil((offset + values.byteLength) / ALIGNMENT) * ALIGNMENT;
  }
  head.pad();
  return Buffer.concat([head.whole(), data.whole()]);
}

/** All tensors of a llama of this shape, each filled by `fill`. */
function tensorsOf(shape: Shape, fill: (name: string, dims: readonly number[]) => Float32Array): Tensor[] {
  const { dim, feed_forward, tokens } = shape;
  const tensor = (name: string, ...dims: number[]): Tensor => ({ name: `${name}.weight`, dims, data: fill(name, dims) });
  const block = (at: number): Tensor[] => [
    tensor(`blk.${at}.attn_norm`, dim),
    tensor(`blk.${at}.attn_q`, dim, dim),
    tensor(`blk.${at}.attn_k`, dim, dim),
    tensor(`blk.${at}.attn_v`, dim, dim),
    tensor(`blk.${at}.attn_output`, dim, dim),
    tensor(`blk.${at}.ffn_norm`, dim),
    tensor(`blk.${at}.ffn_gate`, dim, feed_forward),
    tensor(`blk.${at}.ffn_up`, dim, feed_forward),
    tensor(`blk.${at}.ffn_down`, feed_forward, dim),
  ];
  const blocks = Array.from({ length: shape.layers }, (_, at) => block(at)).flat();
  return [tensor("token_embd", dim, tokens.length), ...blocks, tensor("output_norm", dim), tensor("output", dim, tokens.length)];
}

function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/** The bytes of a small llama with random weights that follow from `seed`; it says nonsense. About 500 kB. */
export function randomModel(seed: number, context = 2048): Buffer {
  const shape: Shape = { dim: 64, heads: 4, feed_forward: 128, layers: 2, context, tokens: vocabulary([]) };
  const choices = seededChoices(seed, 150_000);
  const fill = (name: string, dims: readonly number[]): Float32Array => {
    const values = new Float32Array(sizeOf(dims)).fill(1);
    if (dims.length === 1) return values;
    const reach = 1.7 / Math.sqrt(dims[0] ?? 1);
    return values.map(() => (name === "output" ? 6 : 1) * reach * (choices.below(10_000) / 5_000 - 1));
  };
  return ggufOf(shape, tensorsOf(shape, fill));
}

/** What a constructed model says: the reply whose triggers, counted in the prompt and weighed, come to the most. */
export interface Reply {
  readonly text: string;
  /** What each occurrence of a text in the prompt adds to this reply's weight. */
  readonly weights: Readonly<Record<string, number>>;
}

/**
 * The bytes of a llama of one layer whose weights are made so that it answers a prompt with a reply, chosen by the texts in the prompt, and
 * ends. Triggers are tokens of their own. Attention looks at all tokens alike, so it counts triggers; the output then begins the reply that
 * they weigh for. A reply is cut into tokens that occur nowhere else, and each token's embedding says which comes next.
 * It is meant for temperature 0. Where no trigger occurs it ends at once.
 */
export function replyingModel(replies: readonly Reply[], context = 4096): Buffer {
  const triggers = [...new Set(replies.flatMap(({ weights }) => Object.keys(weights)))];
  const cut = cutApart(replies.map(({ text }) => text));
  const base = vocabulary([]).length;
  const triggerTokens = triggers.map((text) => ({ text, type: USER_DEFINED }));
  const pieceTokens = cut.flat().map((text) => ({ text: text.replaceAll(" ", "\u2581"), type: NORMAL }));
  const tokens = vocabulary([...triggerTokens, ...pieceTokens]);
  const firstPiece = base + triggers.length;
  const bagAt = 1 + triggers.length + pieceTokens.length;
  const dim = Math.ceil((bagAt + triggers.length) / 32) * 32;
  const shape: Shape = { dim, heads: dim / 32, feed_forward: 32, layers: 1, context, tokens };
  const placeOf = (token: number): number => (token < base ? 0 : 1 + token - base);
  const fill = (name: string, dims: readonly number[]): Float32Array => {
    const values = new Float32Array(sizeOf(dims));
    const set = (row: number, column: number, value: number): void => {
      values[row * (dims[0] ?? 0) + column] = value;
    };
    if (dims.length === 1) return values.fill(1);
    if (name === "token_embd") tokens.forEach((_, token) => void set(token, placeOf(token), 1));
    if (name.endsWith("attn_v")) triggers.forEach((_, at) => void set(bagAt + at, 1 + at, 1));
    if (name.endsWith("attn_output")) for (let at = 0; at < dim; at++) set(at, at, 1);
    if (name === "output") {
      let piece = firstPiece;
      for (const [index, { weights }] of replies.entries()) {
        for (const [trigger, weight] of Object.entries(weights)) set(piece, bagAt + triggers.indexOf(trigger), weight);
        for (const text of cut[index] ?? []) {
          const next = text === cut[index]?.at(-1) ? END_TOKEN : piece + 1;
          set(next, placeOf(piece), 1e6);
          piece++;
        }
      }
      set(END_TOKEN, 0, 1e-6);
    }
    return values;
  };
  return ggufOf(shape, tensorsOf(shape, fill));
}

/** Cuts texts into pieces of three characters or more of which no two, in any text, are alike; what is left over goes to the last piece. */
function cutApart(texts: readonly string[]): string[][] {
  const taken = new Set<string>();
  return texts.map((text) => {
    const characters = [...text];
    const pieces: string[] = [];
    let at = 0;
    while (at < characters.length) {
      let length = 3;
      const pieceOf = (): string => characters.slice(at, at + length).join("");
      while (at + length < characters.length && taken.has(pieceOf())) length++;
      let piece = pieceOf();
      const isShort = at + length > characters.length;
      if (isShort) piece = `${pieces.pop() ?? ""}${piece}`;
      while (taken.has(piece) && pieces.length > 0) piece = `${pieces.pop()}${piece}`;
      pieces.push(piece);
      taken.add(piece);
      at += length;
    }
    return pieces;
  });
}
