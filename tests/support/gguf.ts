import { END_TOKEN, type LlamaShape, llamaFile, NORMAL, sizeOf, USER_DEFINED, vocabulary } from "../../benchmarks/model_pool/gguf_file.ts";
import { seededChoices } from "./seeded.ts";

/** The bytes of a small llama with random weights that follow from `seed`; it says nonsense. About 500 kB. */
export function randomModel(seed: number, context = 2048): Buffer {
  const shape: LlamaShape = { dim: 64, heads: 4, feed_forward: 128, layers: 2, context, tokens: vocabulary([]) };
  const choices = seededChoices(seed, 150_000);
  const fill = (name: string, dims: readonly number[]): Float32Array => {
    const values = new Float32Array(sizeOf(dims)).fill(1);
    if (dims.length === 1) return values;
    const reach = 1.7 / Math.sqrt(dims[0] ?? 1);
    return values.map(() => (name === "output" ? 6 : 1) * reach * (choices.below(10_000) / 5_000 - 1));
  };
  return llamaFile(shape, fill);
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
  const shape: LlamaShape = { dim, heads: dim / 32, feed_forward: 32, layers: 1, context, tokens };
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
  return llamaFile(shape, fill);
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
