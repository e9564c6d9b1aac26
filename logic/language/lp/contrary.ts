import type { ComparisonOp } from "../ast.ts";

/** The comparison that holds where another does not. */
export const contrary: Readonly<Record<ComparisonOp, ComparisonOp>> = { "=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<" };

/** The comparison that holds with its sides exchanged. */
export const mirrored: Readonly<Record<ComparisonOp, ComparisonOp>> = { "=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<=" };
