import { Table, tableFromIPC, tableToIPC } from "apache-arrow";
import pl from "nodejs-polars";
import { AssayError } from "../../schema/assay_error.ts";
import { type EntityKind, entityIds } from "./entity_ids.ts";
import { uuidColumn } from "./uuid_column.ts";

export interface EntityColumn extends EntityKind {
  /** The columns that make the key, in order. */
  readonly key: readonly string[];
  /** The name of the column of ids. */
  readonly into: string;
}

export interface IdentifiedFrame {
  /** The rows that have an id, in order, the column of ids first. */
  readonly identified: pl.DataFrame;
  /** The rows set aside because a part of their key is null, in order. */
  readonly missing: pl.DataFrame;
}

/**
 * Gives every row of a lazy frame the id of its entity (see `entityIds`), as text.
 * Errors: `identity.key_missing` for a key that is no column, `identity.taken` where `into` is one; those of `entityIds`.
 */
export function withEntityIds(frame: pl.LazyDataFrame, of: EntityColumn): IdentifiedFrame {
  const { columns } = frame;
  const unknown = of.key.find((name) => !columns.includes(name));
  if (unknown !== undefined) {
    throw new AssayError("identity.key_missing", `there is no column \`${unknown}\`; there are ${columns.join(", ")}`, { place: unknown });
  }
  if (columns.includes(of.into)) throw new AssayError("identity.taken", `there is a column \`${of.into}\` already`, { place: of.into });
  const rows = frame.collectSync();
  const keys = tableFromIPC(rows.select(...of.key).writeIPCStream());
  const parts = of.key.map((name) => ({ name, values: column(keys, name) }));
  const { ids, missing } = entityIds(of, parts);
  const made = new Table({ [of.into]: uuidColumn(ids, missing) });
  const whole = pl.concat([pl.readIPCStream(Buffer.from(tableToIPC(made, "stream"))), rows], { how: "horizontal" });
  const hasId = pl.col(of.into).isNotNull();
  return { identified: whole.filter(hasId), missing: whole.filter(hasId.not()).drop(of.into) };
}

function column(table: Table, name: string): ReturnType<typeof uuidColumn> {
  const found = table.getChild(name);
  if (found === null) throw new Error(`Polars gave no column ${name}`);
  return found;
}
