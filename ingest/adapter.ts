import type { ErrorReport } from "../schema/assay_error.ts";
import type { Limits } from "../schema/limits.ts";
import type { Place } from "../schema/place.ts";
import type { Row } from "../schema/value.ts";
import type { Quarantined } from "./quarantine.ts";

/** Facts that an adapter read, by relation, typed and in attribute order; `places` runs parallel to `facts`. */
export interface AdapterFacts {
  readonly facts: ReadonlyMap<string, readonly Row[]>;
  readonly places: ReadonlyMap<string, readonly (Place | null)[]>;
  readonly quarantined: readonly Quarantined[];
  readonly events: readonly ErrorReport[];
}

/** Reads documents of one kind (a lockfile and its tree) as the facts of one theory. */
export interface Adapter {
  /** The theory whose base relations the facts belong to. */
  readonly theory: string;
  /** Whether `path`, a file or a directory, is of this kind. Looks at names and beginnings only; never throws for a path that is absent. */
  accepts(path: string): Promise<boolean>;
  /** Errors: `AssayError` where the document as a whole cannot be read. */
  read(path: string, options: { readonly limits: Limits }): Promise<AdapterFacts>;
}
