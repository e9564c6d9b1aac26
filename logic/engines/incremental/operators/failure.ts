/**
 * How an operator says that it has no value: with a cell below every cell of a value. Every operator hands on the first operand
 * that is a failure, so code that calls operators looks at results only. A comparison or test gives 0, 1 or such a cell.
 * A rule instance counts as failed only where none of its literals is false; then the failure makes the answer undecided.
 */
export const LEAST_CELL = -(2 ** 30);

const FIRST = -(2 ** 31);
const NAMES = ["overflow", "division_by_zero", "conversion", "pattern", "symbol_bytes", "rows_derived"] as const;

export type FailureName = (typeof NAMES)[number];

/** The cell of a failure; the names are those of the DuckDB engine. */
export const FAILURE: Readonly<Record<FailureName, number>> = {
  overflow: FIRST,
  division_by_zero: FIRST + 1,
  conversion: FIRST + 2,
  pattern: FIRST + 3,
  symbol_bytes: FIRST + 4,
  rows_derived: FIRST + 5,
};

export function isFailure(cell: number): boolean {
  return cell < LEAST_CELL;
}

/** The name of a failure's cell. */
export function failureName(cell: number): FailureName {
  const name = NAMES[cell - FIRST];
  if (name === undefined) throw new Error(`cell ${cell} is no failure`);
  return name;
}
