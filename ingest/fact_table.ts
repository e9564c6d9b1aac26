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
  readonly #first: FactColumn;
  readonly #second: FactColumn;
  readonly #third: FactColumn;
  readonly #fourth: FactColumn;
  readonly #fifth: FactColumn;
  readonly #sixth: FactColumn;
  readonly #placeOf: PlaceOfRow;

  constructor(relation: string, types: readonly ValueType[], placeOf: PlaceOfRow) {
    this.relation = relation;
    this.types = types;
    this.columns = types.map(() => []);
    const [first = [], second = [], third = [], fourth = [], fifth = [], sixth = []] = this.columns;
    this.#first = first;
    this.#second = second;
    this.#third = third;
    this.#fourth = fourth;
    this.#fifth = fifth;
    this.#sixth = sixth;
    this.#placeOf = placeOf;
  }

  get rows(): number {
    return this.#first.length;
  }

  /** Adds a fact of two to six attributes. Hot: columns are fields, so that nothing is looked up. */
  add(first: Value, second: Value, third?: Value, fourth?: Value, fifth?: Value, sixth?: Value): void {
    this.#first.push(first);
    this.#second.push(second);
    if (third === undefined) return;
    this.#third.push(third);
    if (fourth === undefined) return;
    this.#fourth.push(fourth);
    if (fifth === undefined) return;
    this.#fifth.push(fifth);
    if (sixth !== undefined) this.#sixth.push(sixth);
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
