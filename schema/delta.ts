import type { Place } from "./place.ts";
import type { Row } from "./value.ts";

/**
 * A proposed change: facts to assert and facts to retract, typed and in attribute order.
 * Only `verify/gate.ts` turns one into an accepted delta.
 */
export interface Delta {
  readonly proposer: string;
  readonly reason: string;
  /** The commit number the delta is conditional on, or null. */
  readonly base: number | null;
  /** The idempotency key, or null. Not part of the delta's id. */
  readonly key: string | null;
  readonly assert: ReadonlyMap<string, readonly Row[]>;
  readonly retract: ReadonlyMap<string, readonly Row[]>;
  /** Places of asserted facts: one entry a row of `assert`, in the same order; a relation may be missing. Not part of the id. */
  readonly places: ReadonlyMap<string, readonly (Place | null)[]>;
}

/**
 * A delta as it came in: JSON read exactly, not yet checked against any relation. Integers are bigint, decimals are
 * `DecimalText` so that no digit is lost, rows are arrays or objects by attribute name. Produced by `schema/delta_wire.ts`,
 * judged by the gate's shape and type checks.
 */
export interface ProposedDelta {
  readonly proposer: string;
  readonly reason: string;
  readonly base: number | null;
  readonly key: string | null;
  readonly assert: ReadonlyMap<string, readonly ProposedRow[]>;
  readonly retract: ReadonlyMap<string, readonly ProposedRow[]>;
  readonly places: ReadonlyMap<string, readonly (Place | null)[]>;
}

/** A JSON number with a fraction or an exponent, as written. */
export interface DecimalText {
  readonly decimal: string;
}

export type ProposedValue = string | bigint | number | DecimalText | boolean | null | readonly ProposedValue[];
export type ProposedRow = readonly ProposedValue[] | { readonly [attribute: string]: ProposedValue };
