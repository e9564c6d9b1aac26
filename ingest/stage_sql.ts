import { QUARANTINE_TEXT_CHARACTERS } from "./quarantine.ts";
import type { RawTable } from "./raw_table.ts";
import type { TypedColumn } from "./typed_sql.ts";

/** The nested selects: inputs, then values, then the first fault of each record. */
export class StageSql {
  readonly #typed: readonly TypedColumn[];
  readonly #raw: RawTable;

  constructor(typed: readonly TypedColumn[], raw: RawTable) {
    this.#typed = typed;
    this.#raw = raw;
  }

  values(): string {
    const inputs = this.#typed.flatMap(({ input }, i) => (input === null ? [] : [`${input} AS c${i}`]));
    const record = this.#raw.record === null ? [] : [`${this.#raw.record} AS _record`];
    const values = this.#typed.map(({ value }, i) => `${value} AS v${i}`);
    const inner = [...inputs, ...record];
    return `SELECT ${["*", ...values].join(", ")} FROM (SELECT ${inner.length === 0 ? "1" : inner.join(", ")} FROM ${this.#raw.expression})`;
  }

  /** SQL of `<attribute>:<code>` for the first fault of a record, `skip` for one to leave out, else NULL. */
  fault(of: readonly TypedColumn[] = this.#typed): string {
    const skips = of.flatMap(({ skip }) => (skip === null ? [] : [`WHEN ${skip} THEN 'skip'`]));
    const bads = of.flatMap((column) =>
      column.input === null ? [] : [`WHEN ${column.bad} THEN '${this.#typed.indexOf(column)}:' || ${column.code}`],
    );
    const whens = [...skips, ...bads];
    return whens.length === 0 ? "CAST(NULL AS VARCHAR)" : `CASE ${whens.join(" ")} END`;
  }

  /** SQL of the offending text, for records whose fault is known. */
  text(of: readonly TypedColumn[] = this.#typed): string {
    const whens = of.flatMap((column) =>
      column.input === null
        ? []
        : [`WHEN ${column.bad} THEN left(CAST(c${this.#typed.indexOf(column)} AS VARCHAR), ${QUARANTINE_TEXT_CHARACTERS})`],
    );
    return whens.length === 0 ? "CAST(NULL AS VARCHAR)" : `CASE WHEN _fault IS NULL THEN NULL ${whens.join(" ")} END`;
  }
}
