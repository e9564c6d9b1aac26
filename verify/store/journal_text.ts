import type { Row, Value, ValueType } from "../../schema/value.ts";
import type { GroupImage, RowChange } from "./group_image.ts";
import { type StoredAttribute, storedColumns } from "./relation_table.ts";

type Cell = string | number;
/** `seq`, `op`, `place`, and the values of a row. */
type ChangeCells = readonly [number, 1 | -1, string | null, ...Cell[]];

/** A group in the journal of the fact base that was made at `base`, after `leaves` leaves of its ledger. */
export interface JournalGroup {
  readonly base: string;
  readonly leaves: number;
  readonly image: GroupImage;
}

interface JournalRecord extends Omit<GroupImage, "changes" | "leaves"> {
  readonly base: string;
  readonly from: number;
  readonly leaves: GroupImage["leaves"];
  readonly changes: readonly {
    readonly name: string;
    readonly attributes: readonly StoredAttribute[];
    readonly cells: readonly ChangeCells[];
  }[];
}

/** A group as one JSON text that `readJournalText` gives back exactly: integers as decimal strings, the sign of a zero kept. */
export function journalText({ base, leaves: from, image: { changes, ...rest } }: JournalGroup): string {
  const record: JournalRecord = {
    base,
    from,
    ...rest,
    changes: changes.map(({ name, attributes, changes: list }) => ({
      name,
      attributes: attributes.map(({ name: attribute, type }) => ({ name: attribute, type })),
      cells: list.map(({ seq, op, place, row }): ChangeCells => [seq, op, place, ...row.map(cellOf)]),
    })),
  };
  return JSON.stringify(record);
}

/** Takes only what `journalText` wrote. */
export function readJournalText(text: string): JournalGroup {
  const { base, from, changes, ...rest } = JSON.parse(text) as JournalRecord;
  const read = changes.map(({ name, attributes, cells }) => {
    const types = storedColumns(attributes).map(({ type }) => type);
    return { name, attributes, changes: cells.map((one) => changeOf(one, types)) };
  });
  return { base, leaves: from, image: { ...rest, changes: read } };
}

function changeOf([seq, op, place, ...cells]: ChangeCells, types: readonly ValueType[]): RowChange {
  return { seq, op, place, row: cells.map((cell, at): Value => valueFrom(cell, types[at] as ValueType)) as Row };
}

function cellOf(value: Value): Cell {
  if (typeof value === "bigint") return value.toString();
  return Object.is(value, -0) ? "-0" : value;
}

function valueFrom(cell: Cell, type: ValueType): Value {
  if (type === "symbol") return cell as string;
  return type === "float" ? Number(cell) : BigInt(cell);
}
