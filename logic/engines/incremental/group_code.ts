import type { KeyIndex } from "./key_index.ts";
import type { ProbeCode } from "./probe_code.ts";
import type { SourceWriter } from "./source_writer.ts";

/**
 * Writes questions about the rows that agree in some columns. The index may be on fewer columns, which nearly identify a row:
 * then the few rows that share its key are compared in the others.
 */
export class GroupCode {
  readonly #writer: SourceWriter;
  readonly #probes: ProbeCode;

  constructor(writer: SourceWriter, probes: ProbeCode) {
    this.#writer = writer;
    this.#probes = probes;
  }

  /** A condition: no other row agrees with `row`. */
  isAlone(index: KeyIndex, columns: readonly number[], row: string): string {
    const { next, prev, chained } = this.#probes.chain(index);
    const rest = restOf(index, columns);
    if (rest.length === 0) return `!${chained} || (${prev}[${row}] < 0 && ${next}[${row}] < 0)`;
    const found = this.#writer.fresh("d");
    this.#writer.line(`let ${found} = -1;`);
    const same = (other: string): string => this.#agree(index, rest, other, row);
    this.#writer.line(`if (${chained}) {`);
    this.#writer.line(`for (${found} = ${prev}[${row}]; ${found} >= 0 && !(${same(found)}); ) ${found} = ${prev}[${found}];`);
    this.#writer.line(
      `if (${found} < 0) for (${found} = ${next}[${row}]; ${found} >= 0 && !(${same(found)}); ) ${found} = ${next}[${found}];`,
    );
    this.#writer.line("}");
    return `${found} < 0`;
  }

  /** A condition: some row other than `without` has these values in `columns`. */
  holds(index: KeyIndex, columns: readonly number[], values: readonly string[], without: string | null): string {
    const cellOf = (column: number): string => values[columns.indexOf(column)] as string;
    const head = this.#probes.head(index, index.columns.map(cellOf));
    const rest = restOf(index, columns);
    if (rest.length === 0 && without === null) return `${head} >= 0`;
    const { next, chained } = this.#probes.chain(index);
    if (rest.length === 0) return `(${head} >= 0 && (${head} !== ${without} || (${chained} && ${next}[${head}] >= 0)))`;
    const found = this.#writer.fresh("d");
    const same = rest.map((column) => `${this.#probes.column(index.table, column)}[${found}] === ${cellOf(column)}`);
    if (without !== null) same.push(`${found} !== ${without}`);
    this.#writer.line(`let ${found} = ${head};`);
    this.#writer.line(`while (${found} >= 0 && !(${same.join(" && ")})) ${found} = ${chained} ? ${next}[${found}] : -1;`);
    return `${found} >= 0`;
  }

  /** A condition: `row` is the first of the rows that agree with it, `without` left out. */
  isFirst(index: KeyIndex, columns: readonly number[], row: string, without: string | null): string {
    const { prev, chained } = this.#probes.chain(index);
    const rest = restOf(index, columns);
    if (rest.length === 0) {
      const second = without === null ? "" : ` || (${prev}[${row}] === ${without} && ${prev}[${without}] < 0)`;
      return `!${chained} || ${prev}[${row}] < 0${second}`;
    }
    const found = this.#writer.fresh("d");
    const same = this.#agree(index, rest, found, row) + (without === null ? "" : ` && ${found} !== ${without}`);
    this.#writer.line(`let ${found} = ${chained} ? ${prev}[${row}] : -1;`);
    this.#writer.line(`while (${found} >= 0 && !(${same})) ${found} = ${prev}[${found}];`);
    return `${found} < 0`;
  }

  #agree(index: KeyIndex, columns: readonly number[], a: string, b: string): string {
    return columns
      .map((column) => this.#probes.column(index.table, column))
      .map((column) => `${column}[${a}] === ${column}[${b}]`)
      .join(" && ");
  }
}

function restOf(index: KeyIndex, columns: readonly number[]): number[] {
  return columns.filter((column) => !index.columns.includes(column));
}
