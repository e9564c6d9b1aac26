import type { Span } from "../../../schema/place.ts";
import type { Formula, Item, RuleItem } from "../ast.ts";
import type { DiagnosticSink } from "../diagnostic_sink.ts";

const HELP = "this version has no clingo engine: keep to rules, constraints and aggregates";

/** Reports what only clingo's search gives a meaning to (`lp.clingo_only`). Returns whether there was none of it. */
export function checkForClingo(item: Item, sink: DiagnosticSink): boolean {
  switch (item.kind) {
    case "external":
      return refuse(`\`#external ${item.atom.relation}\` leaves open whether an atom holds`, item.span, sink);
    case "optimize":
      return refuse("an optimisation chooses among answer sets", item.span, sink);
    case "rule":
      if (item.form === "choice") return refuse("a choice has several answer sets", item.span, sink);
      if (item.form === "disjunction") return refuse("a disjunction has several answer sets", item.span, sink);
      return item.body.map((formula) => checkFormula(formula, sink)).every((fits) => fits);
    default:
      return true;
  }
}

function checkFormula(formula: Formula, sink: DiagnosticSink): boolean {
  if (formula.kind === "conditional") return refuse("a conditional literal in a body", formula.span, sink);
  return formula.kind !== "not" || checkFormula(formula.of, sink);
}

function refuse(message: string, span: Span, sink: DiagnosticSink): false {
  sink.error("lp.clingo_only", { span, text: message }, message, HELP);
  return false;
}

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
  if (formula.kind !== "aggregate_literal") return 1;
  return formula.elements.reduce((sum, element) => sum + 1 + element.condition.length, 1);
}
