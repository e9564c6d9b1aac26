import { AssayError, type ErrorReport } from "../schema/assay_error.ts";
import type { ErrorCode } from "../schema/errors.ts";
import type { Limits } from "../schema/limits.ts";
import type { Relation } from "../schema/relation.ts";
import { quoteName, type SqlRow, type SqlSession } from "../schema/sql_session.ts";
import type { BoundAttribute } from "./columns.ts";
import { placesOfRows } from "./places_of_rows.ts";
import type { Quarantined } from "./quarantine.ts";
import { dropTemporary, type RawTable, temporaryName } from "./raw_table.ts";
import { reasonOf } from "./reasons.ts";
import { StageSql } from "./stage_sql.ts";
import type { Staged } from "./staged.ts";
import { canBe, type TypedColumn, typedColumn } from "./typed_sql.ts";

export interface StageContext {
  readonly session: SqlSession;
  readonly relation: Relation;
  readonly bound: readonly BoundAttribute[];
  readonly limits: Limits;
  readonly nullText: readonly string[];
  readonly emptyIsNull: boolean;
  /** The file as places name it. */
  readonly file: string;
  readonly notices: readonly ErrorReport[];
}

/**
 * Types a raw table. Where every attribute is a stored column as it is, the result is a view over the raw table; else a temporary table
 * is filled in one pass. Records that cannot be typed are set aside with the first attribute that is to blame. The raw table
 * belongs to the result afterwards.
 * Errors: `ingest.column_type`; `SqlError` where the raw table cannot be read.
 */
export async function stageTable(context: StageContext, raw: RawTable): Promise<Staged> {
  const typed = context.bound.map((bound, i) => {
    const column = bound.column === null ? null : (raw.columns.find(({ name }) => name === bound.column) ?? null);
    if (column !== null && !canBe(column.kind, bound.attribute.type)) throw columnType(context, bound, column.declared);
    return typedColumn(i, bound, column, context);
  });
  const sql = new StageSql(typed, raw);
  const direct = raw.stored && raw.record !== null && typed.every((column) => column.direct);
  const made = direct ? await viewOver(context, sql, typed, raw) : await copyOf(context, sql, raw);
  return staged(context, raw, await withReaderFaults(context.session, raw, made));
}

/** Adds the records that the reader gave up to those that could not be typed. */
async function withReaderFaults(session: SqlSession, raw: RawTable, made: Made): Promise<Made> {
  const typing = made.aside === null ? [] : [`SELECT _record, _fault, CAST(NULL AS VARCHAR) AS _reason, _text FROM ${made.aside}`];
  const reading = raw.faults === null ? [] : [`SELECT _record, '-1:' || _code AS _fault, _reason, _text FROM ${raw.faults}`];
  const given = raw.faults === null ? 0 : countsOf((await session.rows(`SELECT count(*) FROM ${raw.faults}`))[0])[0];
  const all = [...typing, ...reading];
  return { ...made, quarantined: made.quarantined + given, aside: all.length === 0 ? null : `(${all.join(" UNION ALL ")})` };
}

function columnType(context: StageContext, bound: BoundAttribute, declared: string): AssayError {
  const { name, type } = bound.attribute;
  const detail = `column \`${bound.column}\` is ${declared}, attribute \`${name}\` of \`${context.relation.name}\` is ${type}`;
  return new AssayError("ingest.column_type", detail, { place: context.file });
}

/** What staging made: where the rows are, where the set-aside records are, and how many of each. */
interface Made {
  readonly expression: string;
  readonly rows: number;
  readonly quarantined: number;
  readonly skipped: number;
  /** A table or query with `_record`, `_fault`, `_text`; null where nothing was set aside. */
  readonly aside: string | null;
  readonly tables: readonly string[];
}

async function copyOf(context: StageContext, sql: StageSql, raw: RawTable): Promise<Made> {
  const { session, relation } = context;
  const table = temporaryName("rows");
  const columns = relation.attributes.map((_, i) => `v${i}`);
  const record = raw.record === null ? [] : ["_record"];
  const inner = `SELECT *, ${sql.fault()} AS _fault FROM (${sql.values()})`;
  const kept = [...columns, ...record, "_fault", `${sql.text()} AS _text`].join(", ");
  await session.run(`CREATE TEMP TABLE ${quoteName(table)} AS SELECT ${kept} FROM (${inner})`);
  const [counts] = await session.rows(
    `SELECT count(*), count(_fault), count(*) FILTER (WHERE _fault = 'skip') FROM temp.${quoteName(table)}`,
  );
  const [all, faulty, skipped] = countsOf(counts);
  const order = raw.record === null ? "CAST(rowid + 1 AS BIGINT)" : "_record";
  const named = relation.attributes.map(({ name }, i) => `v${i} AS ${quoteName(name)}`);
  const where = faulty > 0 ? " WHERE _fault IS NULL" : "";
  return {
    expression: `(SELECT ${[...named, `${order} AS "_record"`].join(", ")} FROM temp.${quoteName(table)}${where})`,
    rows: all - faulty,
    quarantined: faulty - skipped,
    skipped,
    aside: `(SELECT ${order} AS _record, _fault, _text FROM temp.${quoteName(table)} WHERE _fault IS NOT NULL)`,
    tables: [table],
  };
}

async function viewOver(context: StageContext, sql: StageSql, typed: readonly TypedColumn[], raw: RawTable): Promise<Made> {
  const { session, relation } = context;
  const inputs = typed.flatMap(({ input }) => (input === null ? [] : [input]));
  const [first] = await session.rows(
    `SELECT ${["count(*)", ...inputs.map((input) => `count(${input})`)].join(", ")} FROM ${raw.expression}`,
  );
  const [all, ...present] = countsOf(first);
  let at = 0;
  const suspects = typed.filter((column) => {
    if (column.input === null) return false;
    const complete = present[at] === all;
    at += 1;
    return !(complete && column.onlyNull);
  });
  const named = relation.attributes.map(({ name }, i) => `v${i} AS ${quoteName(name)}`);
  const select = [...named, `_record AS "_record"`].join(", ");
  const clean = { expression: `(SELECT ${select} FROM (${sql.values()}))`, rows: all, quarantined: 0, skipped: 0, aside: null, tables: [] };
  if (suspects.length === 0) return clean;
  const fault = sql.fault(suspects);
  const table = temporaryName("aside");
  await session.run(
    `CREATE TEMP TABLE ${quoteName(table)} AS SELECT _record, _fault, ${sql.text(suspects)} AS _text
     FROM (SELECT *, ${fault} AS _fault FROM (${sql.values()})) WHERE _fault IS NOT NULL`,
  );
  const [counts] = await session.rows(`SELECT count(*), count(*) FILTER (WHERE _fault = 'skip') FROM temp.${quoteName(table)}`);
  const [faulty, skipped] = countsOf(counts);
  if (faulty === 0) return { ...clean, tables: [table] };
  return {
    expression: `(SELECT ${select} FROM (${sql.values()}) WHERE ${fault} IS NULL)`,
    rows: all - faulty,
    quarantined: faulty - skipped,
    skipped,
    aside: `temp.${quoteName(table)}`,
    tables: [table],
  };
}

function countsOf(row: SqlRow | undefined): [number, number, number, ...number[]] {
  const numbers = (row ?? []).map(Number);
  return [numbers[0] ?? 0, numbers[1] ?? 0, numbers[2] ?? 0, ...numbers.slice(3)];
}

function staged(context: StageContext, raw: RawTable, made: Made): Staged {
  const { session, relation, limits } = context;
  return {
    relation: relation.name,
    expression: made.expression,
    rows: made.rows,
    quarantined: made.quarantined,
    skipped: made.skipped,
    distinct: false,
    notices: [...context.notices, ...countNotices(context.file, made)],
    placeOf: (records) => raw.placeOf(records),
    placesOfRows: (rows) => placesOfRows(session, relation, made.expression, rows, (records) => raw.placeOf(records)),
    async quarantine(offset, limit) {
      if (made.aside === null || made.quarantined === 0) return [];
      const rows = await session.rows(
        `SELECT _record, _fault, _reason, _text FROM ${made.aside} WHERE _fault <> 'skip' ORDER BY _record LIMIT ${limit} OFFSET ${offset}`,
      );
      const places = await raw.placeOf(rows.map(([record]) => record as bigint));
      return rows.map((row, index) => quarantined(relation, limits, row, places[index] ?? context.file));
    },
    damage: async () => null,
    async close() {
      for (const table of made.tables) await dropTemporary(session, table);
      await raw.drop();
    },
  };
}

function countNotices(file: string, made: Made): ErrorReport[] {
  const none = made.rows + made.quarantined + made.skipped === 0;
  return [
    ...(none ? [new AssayError("ingest.no_records", `\`${file}\` holds no records`, { place: file }).report()] : []),
    ...(made.skipped > 0
      ? [new AssayError("ingest.skipped_records", `${made.skipped} records were left out as the mapping says`, { place: file }).report()]
      : []),
  ];
}

function quarantined(relation: Relation, limits: Limits, row: SqlRow, place: string): Quarantined {
  const [, fault, reason, found] = row as [bigint, string, string | null, string | null];
  const colon = fault.indexOf(":");
  const code = fault.slice(colon + 1) as ErrorCode;
  const text = found ?? "";
  const attribute = relation.attributes[Number(fault.slice(0, colon))];
  return { place, code, reason: reason ?? (attribute === undefined ? "" : reasonOf(code, attribute, text, limits)), text };
}
