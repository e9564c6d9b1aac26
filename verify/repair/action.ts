import { canonicalJson } from "../../schema/canonical.ts";
import type { Relation } from "../../schema/relation.ts";
import type { Value } from "../../schema/value.ts";
import type { RepairChange } from "../../schema/verdict.ts";

/** One thing that a repair may do, and what it pays for it. */
export interface Action extends RepairChange {
  readonly cost: number;
  /** Tells facts to be added apart that are alike but for what their holes will hold; 0 for the first. */
  readonly copy: number;
  /** One text a change. */
  readonly id: string;
}

/** What kinds of change cost before the relation's own factor: taking back is cheaper than adding, and the base is not touched lightly. */
const WEIGHTS: Readonly<Record<RepairChange["change"], number>> = { drop: 2, keep: 2, assert: 3, retract: 6 };
const HOLE_WEIGHT = 1;

/** A change with its price, or null where the relation says `@repair never`. */
export function actionOf(
  relation: Relation | undefined,
  change: RepairChange["change"],
  row: readonly (Value | null)[],
  copy = 0,
): Action | null {
  if (relation === undefined || relation.role !== "base" || relation.repair === "never") return null;
  const holes = row.filter((value) => value === null).length;
  const cost = (WEIGHTS[change] + holes * HOLE_WEIGHT) * (relation.repair ?? 1);
  const told = [change, relation.name, row.map(plain), ...(copy === 0 ? [] : [copy])];
  return { change, relation: relation.name, row, cost, copy, id: canonicalJson(told) };
}

/** A value of its type in JSON: a number is no text, and a hole is neither. */
function plain(value: Value | null): string | number | null | readonly string[] {
  return typeof value === "bigint" ? [String(value)] : value;
}
