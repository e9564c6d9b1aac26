import type { IrProgram } from "../../../logic/language/ir.ts";
import type { ProposedDelta } from "../../../schema/delta.ts";
import type { Limits } from "../../../schema/limits.ts";
import type { Place } from "../../../schema/place.ts";
import { ViolationPage } from "../../violation_page.ts";
import { checkShape } from "../shape.ts";
import { checkTypes } from "../types.ts";

export type Operation = "assert" | "retract" | "import" | "generate" | "read" | "watch" | "load" | "operate";

/** One thing that somebody is about to do. `assert` and `retract` are of one fact each. */
export interface Deed {
  readonly operation: Operation;
  /** A relation, for `load` a theory; `*` for any or for none. */
  readonly relation: string;
  /** The fact's values by attribute, numbers in decimal. */
  readonly values: readonly (readonly [attribute: string, value: string])[];
  /** Where in the delta the fact is. */
  readonly place: Place | null;
}

const NO_VALUES: Deed["values"] = [];

/** A deed that is about no fact. */
export function deedOf(operation: Operation, relation: string | null): Deed {
  return { operation, relation: relation ?? "*", values: NO_VALUES, place: null };
}

/** The deeds of a delta, one a fact; null where its shape or types are wrong, which is for the gate before this one to say. */
export function deedsOf(delta: ProposedDelta, program: IrProgram, limits: Limits): readonly Deed[] | null {
  const page = new ViolationPage(0, 0);
  const typed = checkTypes(checkShape(delta, program.relations, page), limits, page);
  if (page.total > 0) return null;
  return typed.flatMap(({ side, relation, rows }) =>
    rows.map(({ row, pointer, place }) => ({
      operation: side,
      relation: relation.name,
      values: relation.attributes.map(({ name }, index) => [name, String(row[index])] as const),
      place: place ?? pointer,
    })),
  );
}
