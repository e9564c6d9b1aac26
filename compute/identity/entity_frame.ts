import { Table, tableFromIPC, tableToIPC } from "apache-arrow";
import pl from "nodejs-polars";
import { AssayError } from "../../schema/assay_error.ts";
import { ComputePool } from "../compute_pool.ts";
import { type EntityIds, type EntityKind, entityIds } from "./entity_ids.ts";
import type { KeyColumn } from "./entity_key.ts";
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

/** From so many rows on, worker threads give the ids. */
const LARGE_ROWS = 500_000;

/**
 * Gives every row of a lazy frame the id of its entity (see `entityIds`), as text; those of a large one in worker threads.
 * Errors: `identity.key_missing` for a key that is no column, `identity.taken` where `into` is one; those of `entityIds`.
 */
export async function withEntityIds(frame: pl.LazyDataFrame, of: EntityColumn): Promise<IdentifiedFrame> {
  const { columns } = frame;
  const unknown = of.key.find((name) => !columns.includes(name));
  if (unknown !== undefined) {
    throw new AssayError("identity.key_missing", `there is no column \`${unknown}\`; there are ${columns.join(", ")}`, { place: unknown });
  }
  if (columns.includes(of.into)) throw new AssayError("identity.taken", `there is a column \`${of.into}\` already`, { place: of.into });
  const rows = frame.collectSync();
  const keys = tableFromIPC(rows.select(...of.key).writeIPCStream());
  const parts = of.key.map((name) => ({ name, values: column(keys, name) }));
  const { ids, missing } = rows.height < LARGE_ROWS ? entityIds(of, parts) : await idsInWorkers(of, parts);
  const made = new Table({ [of.into]: uuidColumn(ids, missing) });
  const whole = pl.concat([pl.readIPCStream(Buffer.from(tableToIPC(made, "stream"))), rows], { how: "horizontal" });
  const hasId = pl.col(of.into).isNotNull();
  return { identified: whole.filter(hasId), missing: whole.filter(hasId.not()).drop(of.into) };
}

async function idsInWorkers(of: EntityKind, parts: readonly KeyColumn[]): Promise<EntityIds> {
  const pool = new ComputePool();
  try {
    return await pool.entityIds(of, parts);
  } finally {
    await pool.close();
  }
}

function column(table: Table, name: string): ReturnType<typeof uuidColumn> {
  const found = table.getChild(name);
  if (found === null) throw new Error(`Polars gave no column ${name}`);
  return found;
}
