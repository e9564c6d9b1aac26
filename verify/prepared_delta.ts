import type { IrProgram } from "../logic/language/ir.ts";
import type { ProposedDelta } from "../schema/delta.ts";
import { deltaBody, deltaId } from "../schema/delta_id.ts";
import type { Limits } from "../schema/limits.ts";
import { checkShape } from "./checks/shape.ts";
import { checkTypes, type TypedRows } from "./checks/types.ts";
import { boundedPieces, checkRows, malformedBody, typedDelta } from "./proposed_body.ts";
import { ViolationPage } from "./violation_page.ts";

/** A proposed delta that checks 1 and 2 have seen: what can be said of it without a look at any fact. */
export interface PreparedDelta {
  readonly proposed: ProposedDelta;
  readonly id: string;
  /** The stored form, in pieces. */
  readonly pieces: readonly string[];
  /** Its rows that have the right shape and types. */
  readonly typed: readonly TypedRows[];
  /** Facts asserted and retracted, as proposed. */
  readonly facts: number;
  /** Holds the violations of both checks; those of the checks that follow go on it too. */
  readonly page: ViolationPage;
}

/**
 * Checks 1, shape, and 2, types. The page lists violations from `offset` on, at most `limits.violations_page`.
 * Errors: `limit.delta_rows`, `limit.delta_bytes`.
 */
export function prepareDelta(proposed: ProposedDelta, program: IrProgram, limits: Limits, offset = 0): PreparedDelta {
  const page = new ViolationPage(offset, limits.violations_page);
  const facts = checkRows(proposed, limits);
  const shaped = checkShape(proposed, program.relations, page);
  const typed = checkTypes(shaped, limits, page);
  const pieces = boundedPieces(page.total === 0 ? deltaBody(typedDelta(proposed, typed)) : malformedBody(proposed), limits);
  return { proposed, id: deltaId(pieces), pieces, typed, facts, page };
}

/** As `prepareDelta`, for one delta of several: what keeps it from being judged is an error for its proposer alone. */
export function preparedOrError(proposed: ProposedDelta, program: IrProgram, limits: Limits): PreparedDelta | { readonly error: unknown } {
  try {
    return prepareDelta(proposed, program, limits);
  } catch (error) {
    return { error };
  }
}

/** A delta made of rows that have the right shape and types. Errors: `limit.delta_rows`, `limit.delta_bytes`. */
export function prepareTyped(proposed: ProposedDelta, typed: readonly TypedRows[], limits: Limits): PreparedDelta {
  const pieces = boundedPieces(deltaBody(typedDelta(proposed, typed)), limits);
  const facts = checkRows(proposed, limits);
  return { proposed, id: deltaId(pieces), pieces, typed, facts, page: new ViolationPage(0, limits.violations_page) };
}
