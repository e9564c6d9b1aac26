import type { ErrorReport } from "../schema/assay_error.ts";
import type { Limits } from "../schema/limits.ts";
import type { Place } from "../schema/place.ts";
import type { Row } from "../schema/value.ts";
import type { FactTable } from "./fact_table.ts";
import type { Quarantined } from "./quarantine.ts";

/** Facts that an adapter read, by relation, typed and in attribute order; `places` runs parallel to `facts`. */
export interface AdapterFacts {
  readonly facts: ReadonlyMap<string, readonly Row[]>;
  readonly places: ReadonlyMap<string, readonly (Place | null)[]>;
  /** Facts of relations of which there are many, by columns; they know their places themselves. */
  readonly tables?: readonly FactTable[];
  readonly quarantined: readonly Quarantined[];
  readonly events: readonly ErrorReport[];
}

export interface AdapterOptions {
  readonly limits: Limits;
  /** The time of the run, RFC 3339, for theories that judge as of a time. */
  readonly now: string;
}

/** Reads documents of one kind (a lockfile and its tree) as the facts of one theory. */
export interface Adapter {
  /** The theory whose base relations the facts belong to. */
  readonly theory: string;
  /** Whether `path`, a file or a directory, is of this kind. Looks at names and beginnings only; never throws for a path that is absent. */
  accepts(path: string): Promise<boolean>;
  /** Errors: `AssayError` where the document as a whole cannot be read. */
  read(path: string, options: AdapterOptions): Promise<AdapterFacts>;
  /** Reads several sources as one. Absent where what two sources say would run together. */
  readAll?(paths: readonly string[], options: AdapterOptions): Promise<AdapterFacts>;
}
