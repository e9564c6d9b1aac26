/** Cells this many times as far apart as there are rows are still counted rather than compared. */
const COUNTED_SPREAD = 4;

/** The rows from `from` to `to`, ascending by their cells and then by number; null where cells lie too far apart for that. */
export function rowsByCell(cells: Int32Array, from: number, to: number): Int32Array | null {
  if (from >= to) return new Int32Array(0);
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let row = from; row < to; row++) {
    least = Math.min(least, cells[row] as number);
    most = Math.max(most, cells[row] as number);
  }
  const count = to - from;
  const spread = most - least + 1;
  if (spread <= COUNTED_SPREAD * count) return byCounting(cells, from, to, least, spread);
  return spread * count < Number.MAX_SAFE_INTEGER ? byComparing(cells, from, to, least) : null;
}

function byCounting(cells: Int32Array, from: number, to: number, least: number, spread: number): Int32Array {
  const starts = new Int32Array(spread + 1);
  for (let row = from; row < to; row++) (starts[(cells[row] as number) - least + 1] as number)++;
  for (let cell = 1; cell <= spread; cell++) (starts[cell] as number) += starts[cell - 1] as number;
  const rows = new Int32Array(to - from);
  for (let row = from; row < to; row++) {
    const cell = (cells[row] as number) - least;
    rows[starts[cell] as number] = row;
    (starts[cell] as number)++;
  }
  return rows;
}

function byComparing(cells: Int32Array, from: number, to: number, least: number): Int32Array {
  const count = to - from;
  const keys = new Float64Array(count);
  for (let at = 0; at < count; at++) keys[at] = ((cells[from + at] as number) - least) * count + at;
  keys.sort();
  const rows = new Int32Array(count);
  for (let at = 0; at < count; at++) rows[at] = from + ((keys[at] as number) % count);
  return rows;
}
