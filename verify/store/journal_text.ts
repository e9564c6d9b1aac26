import type { Row, Value, ValueType } from "../../schema/value.ts";
import type { GroupImage, RowChange } from "./group_image.ts";
import { type StoredAttribute, storedColumns } from "./relation_table.ts";

type Cell = string | number;
/** `seq`, `op`, `place`, and the values of a row. */
type ChangeCells = readonly [number, 1 | -1, string | null, ...Cell[]];

interface JournalRecord extends Omit<GroupImage, "changes"> {
  readonly changes: readonly {
    readonly name: string;
    readonly attributes: readonly StoredAttribute[];
    readonly cells: readonly ChangeCells[];
  }[];
}

/** A group as one JSON text that `readJournalText` gives back exactly: integers as decimal strings, the sign of a zero kept. */
export function journalText({ changes, ...rest }: GroupImage): string {
  const record: JournalRecord = {
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
export function readJournalText(text: string): GroupImage {
  const { changes, ...rest } = JSON.parse(text) as JournalRecord;
  return {
    ...rest,
    changes: changes.map(({ name, attributes, cells }) => {
      const types = storedColumns(attributes).map(({ type }) => type);
      return { name, attributes, changes: cells.map((one) => changeOf(one, types)) };
    }),
  };
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
