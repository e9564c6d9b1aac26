import type { Value } from "../../schema/value.ts";
import { leafCells } from "../ledger/append_leaves.ts";
import { historyCells } from "./group_changes.ts";
import { type GroupImage, logTables } from "./group_image.ts";
import { logCells } from "./group_records.ts";
import type { StoredAttribute } from "./relation_table.ts";

/** Between two cells, and in place of one that is NULL. A cell that holds either cannot be told from them. */
export const CELL = "\u001e";
export const NULL = "\u001c";
/** Between the columns of a group, before which stands a JSON text that tells what they are. */
export const PART = "\u001d";

/** How many rows a table has in a group, how many of their cells are NULL, and in how many columns they stand. */
type Shape = readonly [rows: number, nulls: number, columns: number];

/** What a group changes in one relation: columns `@commit`, `@op`, the attributes, `@place`. */
interface RelationHead {
  readonly name: string;
  readonly attributes: readonly StoredAttribute[];
  /** Whether rows only come. */
  readonly isGrowth: boolean;
}

interface Head {
  readonly base: string;
  readonly from: number;
  readonly laws: GroupImage["laws"];
  readonly log: readonly Shape[];
  /** Columns `seq`, `delta`, `body`, `hash`; their positions follow from the ledger. */
  readonly leaves: Shape;
  readonly relations: readonly (RelationHead & { readonly columns: Shape })[];
}

/** Where the columns of a table stand in a group: the number of the first of its parts, of which the head is number 0. */
export interface TablePlace {
  readonly rows: number;
  readonly nulls: number;
  readonly first: number;
}

export interface RelationPlace extends RelationHead, TablePlace {}

/** What a group says of itself. */
export interface GroupPlaces extends Pick<Head, "base" | "from" | "laws"> {
  /** In the order of `logTables`. */
  readonly log: readonly TablePlace[];
  readonly leaves: TablePlace;
  readonly relations: readonly RelationPlace[];
}

/** A group for the journal of the fact base that was made at `base`, after `from` leaves of its ledger. */
export interface JournalGroup {
  readonly base: string;
  readonly from: number;
  readonly image: GroupImage;
}

/**
 * A group as one text: its columns, which are few however many rows. Null where a cell holds one of the characters between cells and columns,
 * so that it would not come back.
 */
export function journalText({ base, from, image }: JournalGroup): string | null {
  const { rows, laws, leaves, changes } = image;
  const texts = new ColumnTexts();
  const head: Head = {
    base,
    from,
    laws,
    log: logTables.map((table) => texts.add(logCells(table, rows[table]))),
    leaves: texts.add(leafCells(leaves)),
    relations: changes.map((relation) => ({
      name: relation.name,
      attributes: relation.attributes.map(({ name, type }) => ({ name, type })),
      isGrowth: relation.changes.every(({ op }) => op === 1),
      columns: texts.add(historyCells(relation)),
    })),
  };
  return texts.behind(JSON.stringify(head));
}

/** Columns of equally many cells, each as one text. Every value comes back exactly by a cast of SQL. */
class ColumnTexts {
  readonly #texts: string[] = [];
  #cells = 0;
  #nulls = 0;

  /** Adds the columns of a table. */
  add(columns: readonly (readonly (Value | null)[])[]): Shape {
    const rows = columns[0]?.length ?? 0;
    if (rows === 0) return [0, 0, 0];
    const before = this.#nulls;
    for (const cells of columns) this.#texts.push(cells.map(this.#textOf).join(CELL));
    this.#cells += columns.length * (rows - 1);
    return [rows, this.#nulls - before, columns.length];
  }

  /** The head and all columns; null where there are more signs between them than were put there. */
  behind(head: string): string | null {
    const text = [head, ...this.#texts].join(PART);
    const isSound = count(text, PART) === this.#texts.length && count(text, CELL) === this.#cells && count(text, NULL) === this.#nulls;
    return isSound ? text : null;
  }

  readonly #textOf = (cell: Value | null): string => {
    if (typeof cell === "string") return cell;
    if (cell !== null) return Object.is(cell, -0) ? "-0" : String(cell);
    this.#nulls += 1;
    return NULL;
  };
}

/** What the text of a group, in UTF-8, says of itself. Takes only what `journalText` wrote. */
export function placesIn(bytes: Buffer): GroupPlaces {
  const end = bytes.indexOf(PART);
  const { base, from, laws, log, leaves, relations } = JSON.parse(bytes.toString("utf8", 0, end === -1 ? bytes.length : end)) as Head;
  let next = 1;
  const place = ([rows, nulls, columns]: Shape): TablePlace => {
    const first = next;
    next += columns;
    return { rows, nulls, first };
  };
  return {
    base,
    from,
    laws,
    log: log.map(place),
    leaves: place(leaves),
    relations: relations.map(({ columns, ...relation }) => ({ ...relation, ...place(columns) })),
  };
}

/** How many rows a group has for the tables of relations and of deltas. */
export function rowsIn({ log, relations }: GroupPlaces): number {
  return relations.reduce((sum, { rows }) => sum + rows, log[logTables.indexOf("delta")]?.rows ?? 0);
}

function count(text: string, part: string): number {
  let found = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) found += 1;
  return found;
}
