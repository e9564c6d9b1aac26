import { STEP, slotSource } from "./key_code.ts";
import type { KeyIndex } from "./key_index.ts";
import type { SourceWriter } from "./source_writer.ts";
import { type Table, VISIBLE } from "./table.ts";

/** Writes look-ups in tables and indexes: hashing and comparing written out, arrays read once at the start of the function. */
export class ProbeCode {
  readonly #writer: SourceWriter;

  constructor(writer: SourceWriter) {
    this.#writer = writer;
  }

  /** The name of a column's array. */
  column(table: Table, position: number): string {
    return this.#writer.hoist(`${this.#writer.object(table)}.columns[${position}]`, "c");
  }

  states(table: Table): string {
    return this.#writer.hoist(`${this.#writer.object(table)}.states`, "a");
  }

  chain(index: KeyIndex): { next: string; prev: string; chained: string } {
    const name = this.#writer.object(index);
    return {
      next: this.#writer.hoist(`${name}.next`, "n"),
      prev: this.#writer.hoist(`${name}.prev`, "p"),
      chained: this.#writer.hoist(`${name}.chained`, "b"),
    };
  }

  /** Writes a search; the name it returns holds the row of the head of the key's group, or -1. */
  head(index: KeyIndex, keys: readonly string[]): string {
    const columns = index.columns.map((position) => this.column(index.table, position));
    return this.#search(this.#writer.object(index), columns, keys);
  }

  /** Writes a search; the name it returns holds the row with these cells where it is visible, or -1. */
  row(table: Table, keys: readonly string[]): string {
    const columns = keys.map((_, position) => this.column(table, position));
    const found = this.#search(this.#writer.object(table), columns, keys);
    const name = this.#writer.fresh("r");
    this.#writer.line(`const ${name} = ${found} >= 0 && (${this.states(table)}[${found}] & ${VISIBLE}) !== 0 ? ${found} : -1;`);
    return name;
  }

  /** Writes a search; the name it returns holds the row with these cells, visible or not, or -1. */
  held(table: Table, keys: readonly string[]): string {
    return this.#search(
      this.#writer.object(table),
      keys.map((_, position) => this.column(table, position)),
      keys,
    );
  }

  #search(owner: string, columns: readonly string[], keys: readonly string[]): string {
    const slots = this.#writer.hoist(`${owner}.slots`, "s");
    const mask = this.#writer.hoist(`${owner}.mask`, "m");
    const shift = this.#writer.hoist(`${owner}.shift`, "z");
    const [at, found] = [this.#writer.fresh("i"), this.#writer.fresh("f")];
    const same = keys.map((key, position) => `${columns[position]}[${found} - 1] === ${key}`).join(" && ") || "true";
    this.#writer.line(`let ${at} = ${slotSource(keys, shift)}; let ${found} = ${slots}[${at}];`);
    this.#writer.line(`while (${found} !== 0 && !(${same})) { ${at} = (${at} + ${STEP}) & ${mask}; ${found} = ${slots}[${at}]; }`);
    this.#writer.line(`${found}--;`);
    return found;
  }
}
