import { I32, moduleOf, op, V128 } from "./wasm_code.ts";

/** Where things lie in the kernel's memory: a scratch buffer for each of four lanes, then room for a batch. */
export const LANE_BYTES = 576;
export const BATCH_START = 4 * LANE_BYTES;
/** The longest name the kernel takes: namespace, name, the mark and the length must fit a lane, and a whole store may reach past it. */
export const NAME_BYTES_MAX = LANE_BYTES - 64 - 16 - 9;

const PARAMETERS = { offsets: 0, groups: 1, out: 2 };
const LOCALS = { blocks: 3, start: 4, length: 5, at: 6, end: 7, pointer: 8, most: 9, base: 10 };
const FIRST_VECTOR = 11;
const STATE = FIRST_VECTOR; // five words of the running digest
const WORK = STATE + 5; // five words of the round
const WORDS = WORK + 5; // sixteen words of the message schedule
const ACTIVE = WORDS + 16; // which lanes still have blocks
const COUNTS = ACTIVE + 1; // blocks of each lane
const T = COUNTS + 1; // four spare vectors
const VECTORS = T + 4 - FIRST_VECTOR;

const INITIAL = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
const CONSTANTS = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6];
const SWAP = [3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12];

const splat = (word: number): number[] => op.vConst32(word, word, word, word);
const rotateLeft = (vector: number, bits: number): number[] => [
  ...op.get(vector),
  ...op.i32(bits),
  ...op.shl,
  ...op.get(vector),
  ...op.i32(32 - bits),
  ...op.shrU,
  ...op.or,
];
/** Bytes of a shuffle that picks 32-bit words: 0 to 3 of the first operand, 4 to 7 of the second. */
const words = (...picks: readonly number[]): number[] => op.shuffle(picks.flatMap((pick) => [0, 1, 2, 3].map((byte) => pick * 4 + byte)));

/**
 * A WebAssembly module that gives RFC 9562 version 5 UUIDs: SHA-1 (RFC 3174) of namespace and name, four names at a time in SIMD lanes.
 * `run(offsets, groups, out)`: `offsets` points at 32-bit addresses of the names, one more than there are names; `groups` counts
 * fours of names; 16 bytes a name are written to `out`. The caller owes: the namespace in the first 16 bytes of each lane, names no
 * longer than `NAME_BYTES_MAX`, 16 readable bytes behind the last.
 */
export function uuid5Module(): Uint8Array {
  const { groups, offsets, out } = PARAMETERS;
  const body = [
    ...op.block,
    ...op.loop,
    ...[...op.get(groups), 0x45, ...op.branchIf(1)],
    ...[...op.i32(0), ...op.set(LOCALS.most)],
    ...[0, 1, 2, 3].flatMap(fillLane),
    ...INITIAL.flatMap((word, index) => [...splat(word), ...op.set(STATE + index)]),
    ...[...op.i32(0), ...op.set(LOCALS.at)],
    ...op.loop,
    ...hashBlock(),
    ...advance(LOCALS.at, 1),
    ...[...op.get(LOCALS.at), ...op.get(LOCALS.most), ...op.i32LtU, ...op.branchIf(0)],
    ...op.end,
    ...writeIds(),
    ...advance(offsets, 16),
    ...advance(out, 64),
    ...advance(groups, -1),
    ...op.branch(0),
    ...op.end,
    ...op.end,
  ];
  const locals = [
    { count: FIRST_VECTOR - 3, type: I32 },
    { count: VECTORS, type: V128 },
  ];
  return moduleOf(3, locals, body);
}

function advance(local: number, by: number): number[] {
  return [...op.get(local), ...op.i32(by), ...op.i32Add, ...op.set(local)];
}

/** Copies one name behind the namespace in its lane and pads it: 0x80, zeros, the length in bits. Copies whole vectors; the padding overwrites what they bring too much. */
function fillLane(lane: number): number[] {
  const { offsets } = PARAMETERS;
  const { start, length, at, end, pointer, blocks, most } = LOCALS;
  const base = lane * LANE_BYTES;
  return [
    ...[...op.get(offsets), ...op.load(lane * 4), ...op.set(start)],
    ...[...op.get(offsets), ...op.load(lane * 4 + 4), ...op.get(start), ...op.i32Sub, ...op.set(length)],
    ...[...op.get(length), ...op.i32(16 + 9 + 63), ...op.i32Add, ...op.i32(6), ...op.i32ShrU, ...op.set(blocks)],
    ...[...op.get(COUNTS), ...op.get(blocks), ...op.replaceLane(lane), ...op.set(COUNTS)],
    ...[...op.get(blocks), ...op.get(most), ...op.get(blocks), ...op.get(most), ...op.i32GtU, ...op.select, ...op.set(most)],
    ...[...op.i32(0), ...op.set(at)],
    ...op.block,
    ...op.loop,
    ...[...op.get(at), ...op.get(length), ...op.i32GeU, ...op.branchIf(1)],
    ...[...op.get(at), ...op.get(start), ...op.get(at), ...op.i32Add, ...op.vLoad(0), ...op.vStore(base + 16)],
    ...advance(at, 16),
    ...op.branch(0),
    ...op.end,
    ...op.end,
    ...[...op.get(length), ...op.i32(16), ...op.i32Add, ...op.set(pointer)],
    ...[...op.get(pointer), ...op.i32(0x80), ...op.store8(base)],
    ...[...op.get(blocks), ...op.i32(6), ...op.i32Shl, ...op.set(end)],
    ...advance(pointer, 1),
    ...op.block,
    ...op.loop,
    ...[...op.get(pointer), ...op.get(end), ...op.i32GeU, ...op.branchIf(1)],
    ...[...op.get(pointer), ...splat(0), ...op.vStore(base)],
    ...advance(pointer, 16),
    ...op.branch(0),
    ...op.end,
    ...op.end,
    // The length in bits is below 2^16, so two big-endian bytes hold it.
    ...lengthBytes(base),
  ];
}

function lengthBytes(base: number): number[] {
  const { end, length } = LOCALS;
  const bits = [...op.get(length), ...op.i32(16), ...op.i32Add, ...op.i32(3), ...op.i32Shl];
  const at = (back: number): number[] => [...op.get(end), ...op.i32(back), ...op.i32Sub];
  return [...at(2), ...bits, ...op.i32(8), ...op.i32ShrU, ...op.store8(base), ...at(1), ...bits, ...op.store8(base)];
}

/** One block of 64 bytes in every lane that still has one. */
function hashBlock(): number[] {
  const { at, base } = LOCALS;
  const loads = [0, 1, 2, 3].flatMap((quad) => [
    ...[0, 1, 2, 3].flatMap((lane) => [
      ...[...op.get(base), ...op.vLoad(lane * LANE_BYTES + quad * 16), ...op.set(T + lane)],
      ...[...op.get(T + lane), ...op.get(T + lane), ...op.shuffle(SWAP), ...op.set(T + lane)],
    ]),
    ...transpose(WORDS + quad * 4),
  ]);
  return [
    ...[...op.get(at), ...op.i32(6), ...op.i32Shl, ...op.set(base)],
    ...loads,
    ...[0, 1, 2, 3, 4].flatMap((index) => [...op.get(STATE + index), ...op.set(WORK + index)]),
    ...Array.from({ length: 80 }, (_, round) => hashRound(round)).flat(),
    ...[...op.get(COUNTS), ...op.get(at), ...op.splat, ...op.gtS, ...op.set(ACTIVE)],
    // After eighty rounds the five working words stand where they began.
    ...[0, 1, 2, 3, 4].flatMap((index) => [
      ...[...op.get(STATE + index), ...op.get(WORK + index), ...op.add],
      ...[...op.get(STATE + index), ...op.get(ACTIVE), ...op.bitselect, ...op.set(STATE + index)],
    ]),
  ];
}

/** Turns the vectors `T` (one lane's four words each) into four vectors of one word of every lane, from local `to` on. */
function transpose(to: number): number[] {
  const pair = (a: number, b: number, picks: readonly number[]): number[] => [...op.get(a), ...op.get(b), ...words(...picks)];
  const low = [0, 4, 1, 5];
  const high = [2, 6, 3, 7];
  return [
    ...pair(T, T + 1, low),
    ...pair(T, T + 1, high),
    ...pair(T + 2, T + 3, low),
    ...pair(T + 2, T + 3, high),
    ...[...op.set(to + 3), ...op.set(to + 2), ...op.set(to + 1), ...op.set(to)],
    ...pair(to, to + 2, [0, 1, 4, 5]),
    ...pair(to, to + 2, [2, 3, 6, 7]),
    ...pair(to + 1, to + 3, [0, 1, 4, 5]),
    ...pair(to + 1, to + 3, [2, 3, 6, 7]),
    ...[...op.set(to + 3), ...op.set(to + 2), ...op.set(to + 1), ...op.set(to)],
  ];
}

function hashRound(round: number): number[] {
  const word = (back: number): number => WORDS + ((round + 16 - back) & 15);
  const role = (index: number): number => WORK + ((index + 80 - round) % 5);
  const [a, b, c, d, e] = [role(0), role(1), role(2), role(3), role(4)];
  const current = word(0);
  const schedule =
    round < 16
      ? []
      : [
          ...[...op.get(word(3)), ...op.get(word(8)), ...op.xor, ...op.get(word(14)), ...op.xor, ...op.get(current), ...op.xor],
          ...op.set(T),
          ...[...rotateLeft(T, 1), ...op.set(current)],
        ];
  const phase = Math.floor(round / 20);
  const parity = [...op.get(b), ...op.get(c), ...op.xor, ...op.get(d), ...op.xor];
  const choice = [...op.get(c), ...op.get(d), ...op.get(b), ...op.bitselect];
  const majority = [...op.get(d), ...op.get(b), ...op.get(b), ...op.get(c), ...op.xor, ...op.bitselect];
  const mixed = [choice, parity, majority, parity][phase] ?? parity;
  return [
    ...schedule,
    ...[...rotateLeft(a, 5), ...mixed, ...op.add, ...op.get(e), ...op.add, ...splat(CONSTANTS[phase] ?? 0), ...op.add],
    ...[...op.get(current), ...op.add, ...op.set(e)],
    ...[...rotateLeft(b, 30), ...op.set(b)],
  ];
}

/** The first 16 bytes of each lane's digest with the version and variant of RFC 9562, section 5.5. */
function writeIds(): number[] {
  const { out } = PARAMETERS;
  const keep = [255, 255, 255, 255, 255, 255, 0x0f, 255, 0x3f, 255, 255, 255, 255, 255, 255, 255];
  const mark = [0, 0, 0, 0, 0, 0, 0x50, 0, 0x80, 0, 0, 0, 0, 0, 0, 0];
  return [
    ...[0, 1, 2, 3].flatMap((index) => [...op.get(STATE + index), ...op.set(T + index)]),
    ...transpose(WORDS),
    ...[0, 1, 2, 3].flatMap((lane) => [
      ...[...op.get(out), ...op.get(WORDS + lane), ...op.get(WORDS + lane), ...op.shuffle(SWAP)],
      ...[...op.vConst8(keep), ...op.and, ...op.vConst8(mark), ...op.or, ...op.vStore(lane * 16)],
    ]),
  ];
}
