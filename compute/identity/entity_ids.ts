import { encodeKeys, type KeyColumn } from "./entity_key.ts";
import { entityNamespace } from "./namespace.ts";
import { uuid5Column } from "./uuid5.ts";

/** What an id is of: `service` is the IRI of who gives it, `kind` the sort of thing (`customer`). */
export interface EntityKind {
  readonly service: string;
  readonly kind: string;
}

export interface EntityIds {
  /** 16 bytes a row, in order; zeros where the row has no id. */
  readonly ids: Uint8Array;
  /** Rows that have no id because a part of their key is null, ascending: the caller sets them aside. */
  readonly missing: readonly number[];
}

/**
 * The id of every row's entity: `uuid5(uuid5(uuid5(URL, service), kind), key)`, the key encoded as `encodeKeys` says. It depends on
 * nothing but service, kind and the row's own key: not on order, chunks or threads. Errors: those of `encodeKeys`.
 */
export function entityIds(of: EntityKind, columns: readonly KeyColumn[]): EntityIds {
  const { names, missing } = encodeKeys(columns);
  const ids = uuid5Column(entityNamespace(of.service, of.kind), names);
  for (const row of missing) ids.fill(0, row * 16, row * 16 + 16);
  return { ids, missing };
}
