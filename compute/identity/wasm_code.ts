/** Just enough of a WebAssembly assembler for one module with straight-line SIMD code (WebAssembly Core 2.0, section 5). */

/** Unsigned LEB128. */
export function u32(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value >>> 0; ; rest >>>= 7) {
    if (rest < 0x80) return [...bytes, rest];
    bytes.push((rest & 0x7f) | 0x80);
  }
}

/** Signed LEB128. */
export function s32(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value | 0; ; rest >>= 7) {
    const low = rest & 0x7f;
    if ((rest >> 7 === 0 && (low & 0x40) === 0) || (rest >> 7 === -1 && (low & 0x40) !== 0)) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}

export const I32 = 0x7f;
export const V128 = 0x7b;

const get = (local: number): number[] => [0x20, ...u32(local)];
const set = (local: number): number[] => [0x21, ...u32(local)];
const i32 = (value: number): number[] => [0x41, ...s32(value)];
const simd = (opcode: number): number[] => [0xfd, ...u32(opcode)];
const memory = (offset: number): number[] => [0, ...u32(offset)];
const lanes = (bytes: readonly number[]): number[] => [...simd(0x0c), ...bytes];

/** The instructions that the kernel uses, each as its bytes. */
export const op = {
  get,
  set,
  i32,
  i32Add: [0x6a],
  i32Sub: [0x6b],
  i32Shl: [0x74],
  i32ShrU: [0x76],
  i32LtU: [0x49],
  i32GtU: [0x4b],
  i32GeU: [0x4f],
  select: [0x1b],
  load: (offset: number): number[] => [0x28, ...memory(offset)],
  store: (offset: number): number[] => [0x36, ...memory(offset)],
  store8: (offset: number): number[] => [0x3a, ...memory(offset)],
  block: [0x02, 0x40],
  loop: [0x03, 0x40],
  end: [0x0b],
  branch: (depth: number): number[] => [0x0c, ...u32(depth)],
  branchIf: (depth: number): number[] => [0x0d, ...u32(depth)],
  vLoad: (offset: number): number[] => [...simd(0x00), ...memory(offset)],
  vStore: (offset: number): number[] => [...simd(0x0b), ...memory(offset)],
  vConst32: (a: number, b: number, c: number, d: number): number[] => [...simd(0x0c), ...[a, b, c, d].flatMap(littleEndian)],
  vConst8: lanes,
  shuffle: (order: readonly number[]): number[] => [...simd(0x0d), ...order],
  splat: simd(0x11),
  replaceLane: (lane: number): number[] => [...simd(0x1c), lane],
  and: simd(0x4e),
  or: simd(0x50),
  xor: simd(0x51),
  bitselect: simd(0x52),
  add: simd(0xae),
  shl: simd(0xab),
  shrU: simd(0xad),
  gtS: simd(0x3b),
} as const;

function littleEndian(word: number): number[] {
  return [word & 255, (word >>> 8) & 255, (word >>> 16) & 255, word >>> 24];
}

/** A module that imports a memory (`env.memory`) and exports one function, `run`, of i32 parameters and no result. */
export function moduleOf(
  parameters: number,
  locals: readonly { readonly count: number; readonly type: number }[],
  body: readonly number[],
): Uint8Array {
  const section = (id: number, content: readonly number[]): number[] => [id, ...u32(content.length), ...content];
  const text = (name: string): number[] => [...u32(name.length), ...Buffer.from(name)];
  const declared = [...u32(locals.length), ...locals.flatMap(({ count, type }) => [...u32(count), type])];
  const code = [...declared, ...body, ...op.end];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, ...u32(parameters), ...Array<number>(parameters).fill(I32), 0]),
    ...section(2, [1, ...text("env"), ...text("memory"), 2, 0, 1]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...text("run"), 0, 0]),
    ...section(10, [1, ...u32(code.length), ...code]),
  ]);
}
