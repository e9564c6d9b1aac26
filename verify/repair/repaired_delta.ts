import type { IrProgram } from "../../logic/language/ir.ts";
import type { ProposedDelta } from "../../schema/delta.ts";
import type { Limits } from "../../schema/limits.ts";
import type { Relation } from "../../schema/relation.ts";
import type { Repair } from "../../schema/verdict.ts";
import { prepareDelta } from "../prepared_delta.ts";
import { type Action, actionOf } from "./action.ts";
import { Candidate } from "./candidate.ts";

/** A delta with a repair in it, ready to be proposed; null where the repair has holes, which somebody must fill first. */
export function repairedDelta(program: IrProgram, limits: Limits, proposed: ProposedDelta, repair: Repair): ProposedDelta | null {
  if (repair.holes.length > 0) return null;
  const { typed } = prepareDelta(proposed, program, limits);
  const actions = repair.changes.flatMap(({ change, relation, row }): Action[] => {
    const action = actionOf(program.relations.get(relation), change, row);
    return action === null ? [] : [action];
  });
  return new Candidate(proposed, typed).after(actions, program.relations as ReadonlyMap<string, Relation>);
}
