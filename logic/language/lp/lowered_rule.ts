import type { RuleItem } from "../ast.ts";
import type { IrRule } from "../ir.ts";

/** A lowered rule with the item that it came of. */
export interface LpRule {
  readonly rule: IrRule;
  readonly item: RuleItem;
}
