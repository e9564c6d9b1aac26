import type { Limits } from "../../../schema/limits.ts";
import type { RuleItem } from "../ast.ts";
import { checkGrounding } from "../checks/grounding.ts";
import { checkNamedTypes } from "../checks/named_types.ts";
import { checkSingletons } from "../checks/singleton.ts";
import type { DiagnosticSink } from "../diagnostic_sink.ts";
import type { IrRule } from "../ir.ts";
import type { DlScope } from "./dl_scope.ts";
import type { FlatLiteral } from "./flat.ts";
import { resolveScopes } from "./lower_aggregates.ts";
import { emitRule } from "./lower_emit.ts";
import { flattenRule } from "./lower_flatten.ts";
import { measureDisjuncts } from "./lower_formulas.ts";
import { TypeInference } from "./lower_infer.ts";
import { groundWitnesses } from "./lower_witnesses.ts";

export type RuleLimits = Pick<Limits, "rules_expanded" | "rule_literals" | "program_bytes">;

/** How many times the bound of a whole program one rule may grow when it is written out: what it takes in memory. */
const MAX_GROWTH = 4;

/** Counts the rules that rules with several heads or disjunctions were written out to, over all programs of a run. */
export interface Expansion {
  rules: number;
}

/**
 * Lowers one rule to the intermediate form: written out into single heads and conjunctions, scoped, checked, typed. All of its faults go
 * to the sink; a rule with an error gives none.
 */
export function lowerRule(rule: RuleItem, scope: DlScope, limits: RuleLimits, expansion: Expansion, sink: DiagnosticSink): IrRule[] {
  const before = sink.errors;
  if (rule.form !== "normal") {
    sink.error("check.unsupported", { span: rule.span, text: rule.form }, "this form of rule belongs to .lp programs", null);
    return [];
  }
  const written = measureDisjuncts(rule.body);
  const count = rule.heads.length * written.count;
  if (count > 1) expansion.rules += count;
  if (expansion.rules > limits.rules_expanded || (count > 1 && rule.heads.length * written.size > MAX_GROWTH * limits.program_bytes)) {
    const message = `the disjunctions and heads written out come to more than ${limits.rules_expanded} rules, or this one to too much text`;
    sink.error("limit.rules_expanded", { span: rule.span, text: rule.heads[0]?.relation ?? "" }, message, null);
    return [];
  }
  const flat = flattenRule(rule, scope, sink);
  const tooLong = flat.find((one) => countLiterals(one.body) > limits.rule_literals);
  if (tooLong !== undefined) {
    const message = `a rule for \`${tooLong.head.relation}\` has more than ${limits.rule_literals} literals`;
    sink.error("limit.rule_literals", { span: rule.span, text: tooLong.head.relation }, message, null);
    return [];
  }
  const lowered = flat.map((one) => {
    const scoped = resolveScopes(groundWitnesses(one));
    checkGrounding(scoped, sink);
    const inference = new TypeInference(scoped, scope, sink);
    checkNamedTypes(scoped, scope, sink);
    return emitRule(scoped, inference, scope.reading, sink);
  });
  checkSingletons(flat, sink);
  return sink.errors === before ? lowered : [];
}

function countLiterals(body: readonly FlatLiteral[]): number {
  return body.reduce((count, literal) => count + 1 + (literal.kind === "aggregate" ? countLiterals(literal.body) : 0), 0);
}
