/** The ids of GGUF's value types, as the format numbers them. */
const U32 = 4;
const I32 = 5;
const F32 = 6;
const TEXT = 8;
const ARRAY = 9;

const ALIGNMENT = 32;
export const NORMAL = 1;
const UNKNOWN = 2;
const CONTROL = 3;
export const USER_DEFINED = 4;
const BYTE = 6;
export const END_TOKEN = 2;

/** A tensor of 32-bit floats; `dims` begins with the input dimension, as GGUF has it. */
interface Tensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

export interface Token {
  readonly text: string;
  readonly type: number;
}

/** The sizes of a llama. */
export interface LlamaShape {
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

/** A vocabulary: a token for every byte, for a space and for printable ASCII; then `more`. */
export function vocabulary(more: readonly Token[]): Token[] {
  const bytes = Array.from({ length: 256 }, (_, byte) => ({ text: `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`, type: BYTE }));
  const ascii = Array.from({ length: 94 }, (_, at) => ({ text: String.fromCharCode(33 + at), type: NORMAL }));
  const ends = [
    { text: "<unk>", type: UNKNOWN },
    { text: "<s>", type: CONTROL },
    { text: "</s>", type: CONTROL },
  ];
  return [...ends, ...bytes, { text: "\u2581", type: NORMAL }, ...ascii, ...more];
}

function keyValues(shape: LlamaShape): { readonly count: number; readonly bytes: Buffer } {
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

/** A GGUF file, version 3 of the format in ggml's docs/gguf.md, of a llama with 32-bit weights. */
function ggufOf(shape: LlamaShape, tensors: readonly Tensor[]): Buffer {
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

/** What fills a tensor, by its name and its dimensions. */
export type Fill = (name: string, dims: readonly number[]) => Float32Array;

/** The bytes of a llama's model file; `fill` gives each tensor's weights. */
export function llamaFile(shape: LlamaShape, fill: Fill): Buffer {
  return ggufOf(shape, tensorsOf(shape, fill));
}

function tensorsOf(shape: LlamaShape, fill: Fill): Tensor[] {
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

/** How many weights a tensor has. */
export function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}
