import type { ErrorReport } from "./assay_error.ts";

/** What every door answers with: `data` where `ok`, `error` where not; `events` are notices and warnings met on the way. */
export interface Envelope<T> {
  readonly ok: boolean;
  readonly data: T | null;
  readonly error: ErrorReport | null;
  readonly events: readonly ErrorReport[];
  readonly cursor: string | null;
}
