import type { ErrorCode } from "../../schema/errors.ts";
import type { Place } from "../../schema/place.ts";
import { quoteName, type SqlSession, sqlType } from "../../schema/sql_session.ts";
import type { Value, ValueType } from "../../schema/value.ts";
import { QUARANTINE_TEXT_CHARACTERS } from "../quarantine.ts";
import { dropTemporary, type RawColumn, type RawTable, temporaryName } from "../raw_table.ts";

/** Why a reader gave up a record before its values could be typed. */
export interface RecordFault {
  readonly code: ErrorCode;
  readonly reason: string;
  readonly text: string;
}

export type RawCell = Value | null;

/** Two temporary tables that a reader fills: records with their cells `c<i>`, and records given up. */
export class RawRows {
  readonly #session: SqlSession;
  readonly #types: readonly ValueType[];
  readonly #rows = temporaryName("raw");
  readonly #faults = temporaryName("faults");
  #good: RawCell[][] = [];
  #bad: RawCell[][] = [];
  #record = 0;

  private constructor(session: SqlSession, types: readonly ValueType[]) {
    this.#session = session;
    this.#types = types;
  }

  static async create(session: SqlSession, types: readonly ValueType[]): Promise<RawRows> {
    const made = new RawRows(session, types);
    const columns = [...types.map((type, i) => `c${i} ${sqlType[type]}`), "_record BIGINT"].join(", ");
    await session.run(`CREATE TEMP TABLE ${quoteName(made.#rows)} (${columns})`);
    await session.run(`CREATE TEMP TABLE ${quoteName(made.#faults)} (_record BIGINT, _code VARCHAR, _reason VARCHAR, _text VARCHAR)`);
    return made;
  }

  /** Records added so far, of both kinds. */
  get records(): number {
    return this.#record;
  }

  /** Takes the next record of the file. `cells` is one array for this record alone; it is kept. */
  add(cells: RawCell[] | RecordFault): void {
    this.#record += 1;
    if (Array.isArray(cells)) {
      cells.push(BigInt(this.#record));
      this.#good.push(cells);
      return;
    }
    const text = cells.text.slice(0, QUARANTINE_TEXT_CHARACTERS).toWellFormed();
    this.#bad.push([BigInt(this.#record), cells.code, cells.reason, text]);
  }

  /** Writes what was added; a reader calls it once a batch. */
  async flush(): Promise<void> {
    const [good, bad] = [this.#good, this.#bad];
    this.#good = [];
    this.#bad = [];
    if (good.length > 0) await this.#session.append(temporary(this.#rows), [...this.#types, "number"], good);
    if (bad.length > 0) await this.#session.append(temporary(this.#faults), ["number", "symbol", "symbol", "symbol"], bad);
  }

  async drop(): Promise<void> {
    await dropTemporary(this.#session, this.#rows);
    await dropTemporary(this.#session, this.#faults);
  }

  /** The raw table over what was written. */
  table(columns: readonly RawColumn[], placeOf: (records: readonly bigint[]) => Promise<Place[]>): RawTable {
    return {
      expression: `temp.${quoteName(this.#rows)}`,
      columns,
      record: "_record",
      stored: true,
      faults: `temp.${quoteName(this.#faults)}`,
      placeOf,
      drop: () => this.drop(),
    };
  }
}

function temporary(table: string): { catalog: string; schema: null; table: string } {
  return { catalog: "temp", schema: null, table };
}
