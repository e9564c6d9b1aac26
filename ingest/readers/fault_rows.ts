import type { ErrorCode } from "../../schema/errors.ts";
import { quoteName, type SqlSession, sqlType } from "../../schema/sql_session.ts";
import type { Value, ValueType } from "../../schema/value.ts";
import { QUARANTINE_TEXT_CHARACTERS } from "../quarantine.ts";
import { temporaryName } from "../raw_table.ts";

/** Why a reader gave up a record before its values could be typed. */
export interface RecordFault {
  readonly code: ErrorCode;
  readonly reason: string;
  readonly text: string;
}

export type RawCell = Value | null;

/** A temporary table that a reader fills: columns `c<i>`, the record's number, and the fault of records given up. */
export class RawRows {
  readonly table = temporaryName("raw");
  readonly #session: SqlSession;
  readonly #types: readonly ValueType[];

  private constructor(session: SqlSession, types: readonly ValueType[]) {
    this.#session = session;
    this.#types = types;
  }

  static async create(session: SqlSession, types: readonly ValueType[]): Promise<RawRows> {
    const made = new RawRows(session, types);
    const columns = types.map((type, i) => `c${i} ${sqlType[type]}`);
    const all = [...columns, "_record BIGINT", "_code VARCHAR", "_reason VARCHAR", "_text VARCHAR"].join(", ");
    await session.run(`CREATE TEMP TABLE ${quoteName(made.table)} (${all})`);
    return made;
  }

  get expression(): string {
    return `temp.${quoteName(this.table)}`;
  }

  /** Appends rows of cells made by `goodRow` and `faultRow`. */
  async append(rows: readonly (readonly RawCell[])[]): Promise<void> {
    const types: ValueType[] = [...this.#types, "number", "symbol", "symbol", "symbol"];
    await this.#session.append({ catalog: "temp", schema: null, table: this.table }, types, rows);
  }

  goodRow(record: number, cells: readonly RawCell[]): RawCell[] {
    return [...cells, BigInt(record), null, null, null];
  }

  faultRow(record: number, fault: RecordFault): RawCell[] {
    const text = [...fault.text.slice(0, QUARANTINE_TEXT_CHARACTERS)].join("").toWellFormed();
    return [...this.#types.map(() => null), BigInt(record), fault.code, fault.reason, text];
  }
}
