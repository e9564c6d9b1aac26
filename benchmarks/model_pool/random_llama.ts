import { llamaFile, sizeOf, vocabulary } from "./gguf_file.ts";

const HEAD = 64;

/** The bytes of a llama with random weights that follow from `seed`; it says nonsense, and takes as long over it as any of its size. */
export function randomLlama(seed: number, sizes: { readonly dim: number; readonly feed_forward: number; readonly layers: number }): Buffer {
  let state = seed >>> 0 || 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 31 - 1;
  };
  const shape = { ...sizes, heads: sizes.dim / HEAD, context: 2_048, tokens: vocabulary([]) };
  return llamaFile(shape, (name, dims) => {
    const values = new Float32Array(sizeOf(dims)).fill(1);
    if (dims.length === 1) return values;
    const reach = ((name === "output" ? 6 : 1) * 1.7) / Math.sqrt(dims[0] ?? 1);
    return values.map(() => reach * next());
  });
}
