import type { Limits } from "../../../schema/limits.ts";
import type { DirectiveItem, RelationItem, RuleItem } from "../ast.ts";
import { stronglyConnected } from "../components.ts";
import { DiagnosticSink } from "../diagnostic_sink.ts";
import type { DlScope } from "./dl_scope.ts";
import { type InlinedRules, inlineRule, usedRelations } from "./inline_rules.ts";
import { lowerRule } from "./lower_rule.ts";

export interface InlineInput {
  readonly items: readonly RelationItem[];
  readonly directives: readonly DirectiveItem[];
  readonly rules: readonly { readonly rule: RuleItem; readonly scope: DlScope }[];
  readonly limits: Limits;
}

/**
 * The relations marked `inline` that cannot be computed by themselves, because some rule of theirs takes values from where it is used; with their
 * rules, which use no other such relation. All other `inline` relations are computed like any. Faults are `check.inline`: a circle
 * of `inline` relations, and one that is read or written.
 */
export function inlinedRules({ items, directives, rules, limits }: InlineInput, sink: DiagnosticSink): InlinedRules {
  const marked = new Map(items.filter(isMarked).flatMap((item) => item.names.map((ref) => [ref.name, ref])));
  const inlined = new Map<string, readonly RuleItem[]>();
  if (marked.size === 0) return inlined;
  refuseDirectives(directives, marked, sink);
  const single = rules.flatMap(({ rule, scope }) =>
    rule.heads.map((head) => ({ rule: { ...rule, heads: [head] }, scope, name: head.relation })),
  );
  const byHead = Map.groupBy(single, ({ name }) => name);
  const usesOf = (name: string): string[] => (byHead.get(name) ?? []).flatMap(({ rule }) => [...usedRelations(rule)]);
  const uses = new Map([...marked.keys()].map((name) => [name, usesOf(name).filter((used) => marked.has(used))]));
  for (const group of stronglyConnected([...marked.keys()], (name) => uses.get(name) ?? [])) {
    const [name = ""] = group;
    const ref = marked.get(name);
    if (ref === undefined) continue;
    if (group.length > 1 || uses.get(name)?.includes(name) === true) {
      const message = `the \`inline\` relations ${group.map((one) => `\`${one}\``).join(", ")} use each other`;
      sink.error("check.inline", { span: ref.span, text: name }, message, "leave `inline` away on one of them");
      continue;
    }
    const own = (byHead.get(name) ?? []).map(({ rule, scope }) => ({ rule: inlineRule(rule, inlined, sink), scope }));
    if (own.some(({ rule, scope }) => isOpen(rule, scope, limits)))
      inlined.set(
        name,
        own.map(({ rule }) => rule),
      );
  }
  return inlined;
}

function refuseDirectives(directives: readonly DirectiveItem[], marked: ReadonlyMap<string, unknown>, sink: DiagnosticSink): void {
  for (const { directive, relations } of directives) {
    for (const { name, span } of relations) {
      if (!marked.has(name)) continue;
      sink.error(
        "check.inline",
        { span, text: name },
        `\`${name}\` is \`inline\`, and \`.${directive}\` names it`,
        "leave one of them away",
      );
    }
  }
}

/** `no_inline` goes before `inline`. */
function isMarked(item: RelationItem): boolean {
  return item.qualifiers.includes("inline") && !item.qualifiers.includes("no_inline");
}

/** Whether a rule has variables that nothing in it binds. */
function isOpen(rule: RuleItem, scope: DlScope, limits: Limits): boolean {
  const trial = new DiagnosticSink();
  lowerRule(rule, scope, limits, { rules: 0 }, trial);
  return trial.list().some(({ code }) => code === "check.ungrounded");
}
