import { type CanonicalInput, canonicalJson } from "../schema/canonical.ts";
import type { ProposedDelta } from "../schema/delta.ts";
import type { Verdict } from "../schema/verdict.ts";
import type { BaseState } from "./in_force.ts";
import { type ImportUnit, judgeInOrder, type RefusedUnit } from "./judge_in_order.ts";
import type { World } from "./world.ts";

/** Units to judge one after the other. */
export interface ImportOrder {
  /** The delta that they come from: who proposes, and why. */
  readonly proposed: ProposedDelta;
  readonly units: readonly ImportUnit[];
  /** Judge refused units again after the others, until a pass over them accepts none. */
  readonly retry: boolean;
}

export interface Decided {
  /** With the last pass that refused it. */
  readonly refused: readonly (RefusedUnit & { readonly pass: number })[];
  readonly passes: number;
  /** Not null where a unit could not be decided; then nothing is to be committed. */
  readonly undecided: Verdict | null;
}

/** Decides the units of an import in a world, where the accepted ones then stand. */
export async function decide(world: World, state: BaseState, order: ImportOrder): Promise<Decided> {
  let open: Iterable<number> = order.units.keys();
  let before = Number.POSITIVE_INFINITY;
  for (let pass = 1; ; pass += 1) {
    const { refused, undecided } = await judgeInOrder(world, state, order.proposed, order.units, open);
    const isLast = !order.retry || refused.length === 0 || refused.length === before;
    if (isLast || undecided !== null) return { refused: refused.map((unit) => ({ ...unit, pass })), passes: pass, undecided };
    before = refused.length;
    open = refused.map(({ unit }) => unit);
  }
}

/** What was decided, as text that is the same for the same decisions and witnesses. */
export function decisionsText({ refused, undecided }: Decided): string {
  const told = refused.map(({ unit, violations }) => [unit, violations.map(({ fingerprint }) => fingerprint)]);
  return canonicalJson({ refused: told, undecided: undecided?.undecided?.code ?? null } as unknown as CanonicalInput);
}
