import { leafCells } from "../ledger/append_leaves.ts";
import { historyCells } from "./group_changes.ts";
import { type GroupImage, type LogCell, type LogTable, logTables } from "./group_image.ts";
import type { StoredAttribute } from "./relation_table.ts";
import { CELL, joinColumns, NULL, type TextColumns } from "./text_columns.ts";

/** What a group changes in one relation: columns `@commit`, `@op`, the attributes, `@place`. */
export interface RelationTexts {
  readonly name: string;
  readonly attributes: readonly StoredAttribute[];
  /** Whether rows only come. */
  readonly isGrowth: boolean;
  readonly columns: TextColumns;
}

/** A group as it waits in the journal: columns of text for each table that it adds rows to, which are few objects however many rows. */
export interface GroupTexts {
  readonly log: { readonly [table in LogTable]: TextColumns };
  readonly laws: GroupImage["laws"];
  /** Columns `seq`, `delta`, `body`, `hash`; their positions follow from the ledger. */
  readonly leaves: TextColumns;
  readonly relations: readonly RelationTexts[];
}

/** A group in the journal of the fact base that was made at `base`, after `from` leaves of its ledger. */
export interface JournalGroup {
  readonly base: string;
  readonly from: number;
  readonly texts: GroupTexts;
}

/** How many rows a group has for the tables of relations and of deltas. */
export function rowsOf({ log, relations }: GroupTexts): number {
  return relations.reduce((sum, { columns }) => sum + columns.rows, log.delta.rows);
}

export function groupTexts({ rows, laws, leaves, changes }: GroupImage): GroupTexts {
  const log = logTables.map((table) => [table, joinColumns(columnsOf(rows[table], rows[table][0]?.length ?? 0))] as const);
  return {
    log: Object.fromEntries(log) as GroupTexts["log"],
    laws,
    leaves: joinColumns(leafCells(leaves)),
    relations: changes.map((relation) => ({
      name: relation.name,
      attributes: relation.attributes.map(({ name, type }) => ({ name, type })),
      isGrowth: relation.changes.every(({ op }) => op === 1),
      columns: joinColumns(historyCells(relation)),
    })),
  };
}

function columnsOf(rows: readonly (readonly LogCell[])[], count: number): LogCell[][] {
  return Array.from({ length: count }, (_, at) => rows.map((row) => row[at] as LogCell));
}

/** Between the columns of a group, before which stands a JSON text that tells what they are. */
const PART = "\u001d";

/**
 * A group as one text, which `readJournalText` gives back exactly; null where a cell holds one of the characters between cells and columns, so that
 * it would not come back.
 */
export function journalText({ base, from, texts }: JournalGroup): string | null {
  const { laws, relations } = texts;
  const head = {
    base,
    from,
    laws,
    log: logTables.map((table) => shapeOf(texts.log[table])),
    leaves: shapeOf(texts.leaves),
    relations: relations.map(({ columns, ...relation }) => ({ ...relation, columns: shapeOf(columns) })),
  };
  const tables = [...logTables.map((table) => texts.log[table]), texts.leaves, ...relations.map(({ columns }) => columns)];
  const text = [JSON.stringify(head), ...tables.flatMap((columns) => columns.texts)].join(PART);
  const parts = tables.reduce((sum, columns) => sum + columns.texts.length, 0);
  const cells = tables.reduce((sum, columns) => sum + columns.texts.length * Math.max(columns.rows - 1, 0), 0);
  const nulls = tables.reduce((sum, columns) => sum + columns.nulls, 0);
  return count(text, PART) === parts && count(text, CELL) === cells && count(text, NULL) === nulls ? text : null;
}

type Shape = readonly [rows: number, nulls: number, columns: number];

function shapeOf({ rows, nulls, texts }: TextColumns): Shape {
  return [rows, nulls, texts.length];
}

interface Head {
  readonly base: string;
  readonly from: number;
  readonly laws: GroupImage["laws"];
  readonly log: readonly Shape[];
  readonly leaves: Shape;
  readonly relations: readonly (Omit<RelationTexts, "columns"> & { readonly columns: Shape })[];
}

/** Takes only what `journalText` wrote. */
export function readJournalText(text: string): JournalGroup {
  const [first = "", ...parts] = text.split(PART);
  const { base, from, laws, log, leaves, relations } = JSON.parse(first) as Head;
  const take = ([rows, nulls, columns]: Shape): TextColumns => ({ rows, nulls, texts: parts.splice(0, columns) });
  const tables = logTables.map((table, at) => [table, take(log[at] as Shape)] as const);
  return {
    base,
    from,
    texts: {
      log: Object.fromEntries(tables) as GroupTexts["log"],
      laws,
      leaves: take(leaves),
      relations: relations.map(({ columns, ...relation }) => ({ ...relation, columns: take(columns) })),
    },
  };
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}
