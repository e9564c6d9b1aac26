import { compileSource, range, STEP, STEP_INVERSE, slotSource } from "./key_code.ts";
import type { Table } from "./table.ts";

/** The set of rows of tables of one arity: hashing and comparing are written out for it. */
export interface RowCode {
  find(table: Table, ...cells: readonly number[]): number;
  obtain(table: Table, ...cells: readonly number[]): number;
  /** As `obtain`, of cells that are not held, and whose search ended at this free slot. */
  place(table: Table, slot: number, ...cells: readonly number[]): number;
  /** Obtains the first `rows` of these columns. */
  obtainAll(table: Table, columns: readonly Int32Array[], rows: number): void;
  /** Takes a row out of the set. */
  drop(table: Table, row: number): void;
  /** Places the rows of `old` slots anew. */
  refill(table: Table, old: Int32Array): void;
}

const known = new Map<number, RowCode>();

export function rowCode(arity: number): RowCode {
  const found = known.get(arity);
  if (found !== undefined) return found;
  const code = compileSource<RowCode>(rowSource(arity));
  known.set(arity, code);
  return code;
}

/** Statements that leave in `s` the slot of the cells `keys` or the free one where they belong, and in `f` what stands there. */
export function findRowSource(table: string, keys: readonly string[]): string {
  const same = keys.map((key, at) => `c${at}[f - 1] === ${key}`).join(" && ") || "true";
  return `let h = 0; const slots = ${table}.slots, mask = ${table}.mask; let s = ${slotSource(keys, `${table}.shift`)}; let f = slots[s];
    while (f !== 0 && !(${same})) { s = (s + ${STEP}) & mask; f = slots[s]; }`;
}

export function columnSource(table: string, arity: number): string {
  return range(arity)
    .map((at) => `const c${at} = ${table}.columns[${at}];`)
    .join(" ");
}

interface Pieces {
  readonly keys: readonly string[];
  readonly params: string;
  readonly load: string;
  readonly read: string;
  readonly same: string;
}

function rowSource(arity: number): string {
  const keys = range(arity).map((at) => `k${at}`);
  const pieces: Pieces = {
    keys,
    params: ["T", ...keys].join(", "),
    load: columnSource("T", arity),
    read: keys.map((key, at) => `const ${key} = c${at}[row];`).join(" "),
    same: keys.map((key, at) => `c${at}[f - 1] === ${key}`).join(" && ") || "true",
  };
  const { params, load } = pieces;
  return `
function find(${params}) { ${load} ${findRowSource("T", keys)} return f - 1; }
${obtainSource(pieces)}
${obtainAllSource(pieces)}
${dropSource(pieces)}
return { find, obtain, place, obtainAll, drop, refill };`;
}

/** While everything is computed from nothing a new row is the next one; otherwise the table finds it. */
function obtainSource({ keys, params, load }: Pieces): string {
  return `
function obtain(${params}) {
  ${load} ${findRowSource("T", keys)}
  return f !== 0 ? f - 1 : place(T, s, ${keys.join(", ")});
}
function place(T, s, ${keys.join(", ")}) {
  if (T.held >= T.fullAt) { T.growSlots(); return obtain(${params}); }
  ${load} const slots = T.slots;
  if (!T.logged && T.top < T.capacity && T.held < T.mostRows) {
    const row = T.top++;
    ${keys.map((key, at) => `c${at}[row] = ${key};`).join(" ")}
    slots[s] = row + 1;
    T.held++;
    return row;
  }
  const row = T.newRow();
  ${keys.map((key, at) => `T.columns[${at}][row] = ${key};`).join(" ")}
  slots[s] = row + 1;
  T.held++;
  return row;
}`;
}

function obtainAllSource({ keys, load, same }: Pieces): string {
  return `
function obtainAll(T, from, rows) {
  ${keys.map((_, at) => `const from${at} = from[${at}];`).join(" ")}
  for (let at = 0; at < rows; ) {
    if (T.capacity - T.top < rows - at) T.reserve(Math.max(T.top + rows - at, 2 * T.capacity));
    ${load} const slots = T.slots, mask = T.mask, shift = T.shift; let h = 0;
    const room = Math.min(T.fullAt, T.mostRows) - T.held;
    let added = 0, top = T.top;
    for (; at < rows && added < room; at++) {
      ${keys.map((key, position) => `const ${key} = from${position}[at];`).join(" ")}
      let s = ${slotSource(keys, "shift")}; let f = slots[s];
      while (f !== 0 && !(${same})) { s = (s + ${STEP}) & mask; f = slots[s]; }
      if (f !== 0) continue;
      ${keys.map((key, position) => `c${position}[top] = ${key};`).join(" ")}
      slots[s] = ++top;
      added++;
    }
    T.top = top;
    T.held += added;
    if (at < rows) T.growSlots();
  }
}`;
}

/** Taking a row out closes the gap behind it; new slots are filled in the order of rows, which spares the cache. */
function dropSource({ keys, load, read }: Pieces): string {
  const start = slotSource(keys, "T.shift");
  return `
function drop(T, dropped) {
  ${load} const slots = T.slots, mask = T.mask; let h = 0;
  const row = dropped;
  ${read}
  let hole = ${start};
  while (slots[hole] !== row + 1) hole = (hole + ${STEP}) & mask;
  close(T, hole);
}
function close(T, hole) {
  ${load} const slots = T.slots, mask = T.mask; let h = 0;
  for (let s = (hole + ${STEP}) & mask; slots[s] !== 0; s = (s + ${STEP}) & mask) {
    const row = slots[s] - 1;
    ${read}
    const home = ${start};
    if ((Math.imul(s - home, ${STEP_INVERSE}) & mask) >= (Math.imul(s - hole, ${STEP_INVERSE}) & mask)) { slots[hole] = slots[s]; hole = s; }
  }
  slots[hole] = 0;
}
function refill(T, old) {
  ${load} const slots = T.slots, mask = T.mask; let h = 0;
  // Where some rows are free, only the old slots know which are held.
  const all = T.held === T.top;
  const rows = all ? T.top : old.length;
  for (let at = 0; at < rows; at++) {
    const row = all ? at : old[at] - 1;
    if (row < 0) continue;
    ${read}
    let s = ${start};
    while (slots[s] !== 0) s = (s + ${STEP}) & mask;
    slots[s] = row + 1;
  }
}`;
}
