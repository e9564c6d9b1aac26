import { parseRes } from "./parse_res.ts";
import type { Term } from "./term.ts";

/** A rewriting rule; the names in its terms stand for any term. */
export interface RewriteRule {
  readonly id: string;
  readonly from: Term;
  readonly to: Term;
}

/**
 * The rules R1 to R7 of the relation expression syntax: closing is idempotent, keeps what holds, goes through `and`, and saturation
 * comes to stand inside transfer. Sound where both are nuclei that commute.
 */
export const coreRules: readonly RewriteRule[] = [
  rule("R1", "(sat (sat x))", "(sat x)"),
  rule("R2", "(trans (trans x))", "(trans x)"),
  rule("R3", "(sat true)", "true"),
  rule("R4", "(trans true)", "true"),
  rule("R5", "(sat (and x y))", "(and (sat x) (sat y))"),
  rule("R6", "(trans (and x y))", "(and (trans x) (trans y))"),
  rule("R7", "(sat (trans x))", "(trans (sat x))"),
];

/**
 * With the laws of a Heyting algebra that keep the system confluent: a reconstruction, for the published rules past R7 were never public. Not in it, because
 * critical pairs would not join: `(and false x)` to `false`, and `(and x (sat x))` to `x`. Not in it, because they are not
 * sound: `(sat false)` to `false`, and `sat` through `or` or `=>`.
 */
export const extendedRules: readonly RewriteRule[] = [
  ...coreRules,
  rule("E1", "(and true x)", "x"),
  rule("E2", "(and x true)", "x"),
  rule("E3", "(or true x)", "true"),
  rule("E4", "(or x true)", "true"),
  rule("E5", "(or false x)", "x"),
  rule("E6", "(or x false)", "x"),
  rule("E7", "(and x x)", "x"),
  rule("E8", "(or x x)", "x"),
  rule("E9", "(=> x true)", "true"),
  rule("E10", "(=> true x)", "x"),
  rule("E11", "(=> false x)", "true"),
  rule("E12", "(=> x x)", "true"),
];

function rule(id: string, from: string, to: string): RewriteRule {
  return { id, from: parseRes(from), to: parseRes(to) };
}
