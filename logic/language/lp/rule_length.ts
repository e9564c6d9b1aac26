import type { Formula, RuleItem } from "../ast.ts";
import type { DiagnosticSink } from "../diagnostic_sink.ts";

/** Reports a rule with more literals than an engine joins in one statement. */
export function checkLength(item: RuleItem, bound: number, sink: DiagnosticSink): boolean {
  const length = item.body.reduce((sum, formula) => sum + literalCount(formula), 0);
  if (length <= bound) return true;
  const message = `a rule has more than ${bound} literals`;
  sink.error("limit.rule_literals", { span: item.span, text: item.heads[0]?.relation ?? ":-" }, message, null);
  return false;
}

function literalCount(formula: Formula): number {
  if (formula.kind === "not") return literalCount(formula.of);
  if (formula.kind === "conditional") return 1 + formula.condition.length;
  if (formula.kind !== "aggregate_literal") return 1;
  return formula.elements.reduce((sum, element) => sum + 1 + element.condition.length, 1);
}
