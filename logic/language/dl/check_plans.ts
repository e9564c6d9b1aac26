import type { Formula, RuleItem } from "../ast.ts";
import { stronglyConnected } from "../components.ts";
import type { DiagnosticSink } from "../diagnostic_sink.ts";
import { usedRelations } from "./inline_rules.ts";

/**
 * Holds `.plan` clauses to their rules (`check.plan`), as Soufflé does: a rule has one version for each of its recursive atoms, counted from
 * 0, and an order names each of its positive atoms once, counted from 1. Plans have no other meaning here.
 */
export function checkPlans(rules: readonly RuleItem[], sink: DiagnosticSink): void {
  const planned = rules.filter((rule) => rule.plan !== null && rule.form === "normal");
  if (planned.length === 0) return;
  const uses = new Map<string, string[]>();
  for (const rule of rules) {
    for (const { relation } of rule.heads) uses.set(relation, [...(uses.get(relation) ?? []), ...usedRelations(rule)]);
  }
  const groups = stronglyConnected([...uses.keys()], (name) => (uses.get(name) ?? []).filter((used) => uses.has(used)));
  const groupOf = new Map(groups.flatMap((group) => group.map((name) => [name, group] as const)));
  for (const rule of planned) checkPlan(rule, groupOf.get(rule.heads[0]?.relation ?? "") ?? [], uses, sink);
}

function checkPlan(rule: RuleItem, group: readonly string[], uses: ReadonlyMap<string, readonly string[]>, sink: DiagnosticSink): void {
  const atoms = positiveAtoms(rule.body);
  if (atoms === null) return;
  const isRecursive = (name: string): boolean => group.includes(name) && (group.length > 1 || uses.get(name)?.includes(name) === true);
  const versions = atoms.filter(isRecursive).length;
  for (const [, version = "0", order = ""] of (rule.plan ?? "").matchAll(/(\d+): \(([^)]*)\)/gu)) {
    const numbers = order.split(", ").map(Number);
    const at = { span: rule.span, text: `${version}: (${order})` };
    if (Number(version) >= versions) {
      const message =
        versions === 0
          ? "the rule is not recursive, so it has no versions to plan"
          : `the rule has the versions 0 to ${versions - 1}, not ${version}`;
      sink.error("check.plan", at, message, null);
    } else if (
      numbers.length !== atoms.length ||
      new Set(numbers).size !== atoms.length ||
      numbers.some((one) => one < 1 || one > atoms.length)
    ) {
      sink.error("check.plan", at, `the order \`(${order})\` does not name each of the ${atoms.length} positive atoms once`, null);
    }
  }
}

/** The relations of the positive atoms of a conjunction; null for a body with alternatives, whose rules differ. */
function positiveAtoms(body: readonly Formula[]): string[] | null {
  const atoms: string[] = [];
  for (const formula of body) {
    if (formula.kind === "or") return null;
    if (formula.kind === "atom") atoms.push(formula.relation);
    else if (formula.kind === "and") {
      const inner = positiveAtoms(formula.of);
      if (inner === null) return null;
      atoms.push(...inner);
    }
  }
  return atoms;
}
