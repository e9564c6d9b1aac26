import type { Place } from "../schema/place.ts";
import type { Row, Value, ValueType } from "../schema/value.ts";

/** Values of one attribute. Within 2^53 a `number` or `unsigned` may be a JavaScript number, which costs less than a bigint. */
export type FactColumn = Value[];

/** What tells where a fact stands; asked for witnesses only. */
export type PlaceOfRow = (row: Row) => Place | null;

/** Facts of one relation by columns, for readers whose facts are too many for an array each. The caller adds no fact twice. */
export class FactTable {
  readonly relation: string;
  readonly types: readonly ValueType[];
  readonly columns: readonly FactColumn[];
  readonly #placeOf: PlaceOfRow;

  constructor(relation: string, types: readonly ValueType[], placeOf: PlaceOfRow) {
    this.relation = relation;
    this.types = types;
    this.columns = types.map(() => []);
    this.#placeOf = placeOf;
  }

  get rows(): number {
    return this.columns[0]?.length ?? 0;
  }

  /** Adds a fact of up to seven attributes; one value an attribute. */
  add(a: Value, b: Value, c?: Value, d?: Value, e?: Value, f?: Value, g?: Value): void {
    const { columns } = this;
    const { length } = columns;
    (columns[0] as FactColumn).push(a);
    (columns[1] as FactColumn).push(b);
    if (length > 2) (columns[2] as FactColumn).push(c as Value);
    if (length > 3) (columns[3] as FactColumn).push(d as Value);
    if (length > 4) (columns[4] as FactColumn).push(e as Value);
    if (length > 5) (columns[5] as FactColumn).push(f as Value);
    if (length > 6) (columns[6] as FactColumn).push(g as Value);
  }

  /** Adds a fact of any number of attributes. */
  addRow(row: Row): void {
    for (const [position, column] of this.columns.entries()) column.push(row[position] as Value);
  }

  row(at: number): Row {
    return this.columns.map((column, position) => {
      const value = column[at] as Value;
      return typeof value === "number" && this.types[position] !== "float" ? BigInt(value) : value;
    });
  }

  /** All facts as rows, some thousand at a time. */
  *batches(size = 10_000): Generator<Row[]> {
    for (let from = 0; from < this.rows; from += size) {
      const count = Math.min(size, this.rows - from);
      yield Array.from({ length: count }, (_, index) => this.row(from + index));
    }
  }

  placeOf(row: Row): Place | null {
    return this.#placeOf(row);
  }
}
