import type { Place } from "./place.ts";
import type { Row } from "./value.ts";

/** A ground tuple of a relation. */
export interface Fact {
  readonly relation: string;
  readonly row: Row;
}

/** A base fact that stands behind a violation or a proof. `from` tells whether the delta under judgement brought it. */
export interface SupportingFact extends Fact {
  readonly from: "base" | "delta";
  readonly place: Place | null;
}
