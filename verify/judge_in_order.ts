import type { ProposedDelta } from "../schema/delta.ts";
import type { Relation } from "../schema/relation.ts";
import type { Verdict, Violation } from "../schema/verdict.ts";
import type { TypedRow, TypedRows } from "./checks/types.ts";
import { type Judgement, judgePrepared } from "./gate.ts";
import type { BaseState } from "./in_force.ts";
import { ViolationPage } from "./violation_page.ts";
import type { World } from "./world.ts";

/** Rows to assert that stand or fall together, as those of one record do. */
export type ImportUnit = readonly TypedRows[];

/** A unit that was refused where it stood in the order, and what it would have broken there. */
export interface RefusedUnit {
  readonly unit: number;
  readonly violations: readonly Violation[];
}

export interface InOrder {
  readonly refused: readonly RefusedUnit[];
  /** Not null where a unit could not be decided; those after it were not judged. */
  readonly undecided: Verdict | null;
}

/** Violations told of one refused unit, those that refuse it first. */
const TOLD = 16;

/**
 * Judges units as if each were proposed by itself, one after the other, each over what the accepted ones before it left. Their effects
 * stay in the world. `units` names which of `all` are judged.
 */
export async function judgeInOrder(
  world: World,
  state: BaseState,
  proposed: ProposedDelta,
  all: readonly ImportUnit[],
  units: Iterable<number>,
): Promise<InOrder> {
  const head: ProposedDelta = { ...proposed, base: null, key: null, assert: new Map(), retract: new Map(), places: new Map() };
  const judge = (unit: number, listed: number): Promise<Judgement> => {
    const typed = all[unit] as ImportUnit;
    const facts = typed.reduce((sum, { rows }) => sum + rows.length, 0);
    const page = new ViolationPage(0, listed);
    return judgePrepared(world, state, { proposed: head, id: "", pieces: [], typed, facts, page }, false);
  };
  const refused: RefusedUnit[] = [];
  for (const unit of units) {
    const judgement = await judge(unit, 0);
    if (judgement.kind === "undecided") return { refused, undecided: judgement.verdict };
    if (judgement.kind !== "refused") continue;
    const told = await judge(unit, TOLD);
    if (told.kind !== "refused") throw new Error("a unit was refused and then not");
    const { violations } = told.refused.verdict;
    refused.push({ unit, violations: violations.filter(({ severity, waived }) => severity === "error" && waived !== true) });
  }
  return { refused, undecided: null };
}

/** The units as one delta, its rows typed. */
export function unitsAsDelta(
  proposed: ProposedDelta,
  units: Iterable<ImportUnit>,
): { readonly delta: ProposedDelta; readonly typed: readonly TypedRows[] } {
  const byRelation = new Map<Relation, TypedRow[]>();
  for (const unit of units) {
    for (const { relation, rows } of unit) {
      const own = byRelation.get(relation) ?? [];
      byRelation.set(relation, own);
      for (const row of rows) own.push(row);
    }
  }
  const typed = [...byRelation].map(([relation, rows]): TypedRows => ({ side: "assert", relation, rows }));
  const assert = new Map(typed.map(({ relation, rows }) => [relation.name, rows.map(({ row }) => row)]));
  const places = new Map(typed.map(({ relation, rows }) => [relation.name, rows.map(({ place }) => place)]));
  return { delta: { ...proposed, assert, places }, typed };
}
