import type { Atom, Formula, RuleItem } from "../ast.ts";

/** One rule without constants' names and pools: a head, and literals that must all hold. Several come of one written rule. */
export interface PlainRule {
  readonly item: RuleItem;
  readonly head: Atom;
  readonly body: readonly Formula[];
}
