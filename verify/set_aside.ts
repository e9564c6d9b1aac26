import type { ProposedDelta, ProposedRow } from "../schema/delta.ts";
import type { Place } from "../schema/place.ts";
import type { Verdict, Violation } from "../schema/verdict.ts";

/** A row of the delta that was set aside, and the violation it had a part in. */
export interface SetAside {
  readonly relation: string;
  /** Its index among the relation's asserted rows, as proposed. */
  readonly index: number;
  readonly row: ProposedRow;
  readonly place: Place | null;
  readonly law: string;
  readonly message: string;
  readonly fingerprint: string;
  /** The round that set it aside: the pass over the records, or where a delta also retracts, the judging of the whole. */
  readonly round: number;
}

export interface ImportResult {
  /** Of the delta that was proposed last: without the rows set aside. */
  readonly verdict: Verdict;
  readonly setAside: readonly SetAside[];
  readonly rounds: number;
}

/** A row set aside for a violation. */
export function aside(
  delta: ProposedDelta,
  relation: string,
  index: number,
  violation: Pick<Violation, "law" | "message" | "fingerprint">,
  round: number,
): SetAside {
  const { law, message, fingerprint } = violation;
  const row = delta.assert.get(relation)?.[index] as ProposedRow;
  return { relation, index, row, place: delta.places.get(relation)?.[index] ?? null, law, message, fingerprint, round };
}

/** The index of an asserted row among those of its relation, from the pointer that names it. */
export function indexOf(pointer: string): number {
  return Number(pointer.slice(pointer.lastIndexOf("/") + 1));
}
