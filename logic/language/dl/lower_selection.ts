import type { Relation } from "../../../schema/relation.ts";
import type { DirectiveItem, Formula, RelationItem, RuleItem, Term } from "../ast.ts";
import type { DiagnosticSink } from "../diagnostic_sink.ts";
import { didYouMean } from "../did_you_mean.ts";
import type { IrRule, Selection } from "../ir.ts";
import type { DeclaredRelation } from "./lower_relations.ts";

/** A subsumption with its rules in the intermediate form. */
export interface LoweredSubsumption {
  readonly relation: string;
  readonly rules: readonly IrRule[];
}

export interface SelectionInput {
  readonly relations: ReadonlyMap<string, DeclaredRelation>;
  readonly items: readonly RelationItem[];
  readonly directives: readonly DirectiveItem[];
  readonly subsumptions: readonly LoweredSubsumption[];
}

/** What relations keep of what is derived: their choice domains, subsumptions and limits of size. */
export function selectionsOf(input: SelectionInput, sink: DiagnosticSink): Map<string, Selection> {
  const selections = new Map<string, Selection>();
  const add = (name: string, part: Partial<Selection>): void => {
    const known = selections.get(name) ?? { domains: [], subsumptions: [], size: null };
    selections.set(name, { ...known, ...part });
  };
  for (const item of input.items) {
    for (const { name } of item.names) {
      const declared = input.relations.get(name);
      if (item.choices.length === 0 || declared === undefined) continue;
      add(name, { domains: domainsOf(item, declared.relation, sink) });
    }
  }
  for (const { relation, rules } of input.subsumptions) {
    add(relation, { subsumptions: [...(selections.get(relation)?.subsumptions ?? []), ...rules] });
  }
  for (const directive of input.directives) {
    const size = directive.parameters.find(({ name }) => name === "n")?.value;
    if (directive.directive !== "limitsize" || size === undefined || !/^\d{1,15}$/u.test(size)) continue;
    for (const { name } of directive.relations) add(name, { size: Number(size) });
  }
  for (const name of selections.keys()) refuseBase(input.relations.get(name)?.relation, sink);
  return selections;
}

function domainsOf(item: RelationItem, relation: Relation, sink: DiagnosticSink): number[][] {
  const names = relation.attributes.map(({ name }) => name);
  return item.choices.map((domain) =>
    domain.map(({ name, span }) => {
      const position = names.indexOf(name);
      if (position >= 0) return position;
      const help = () => didYouMean(name, names, null);
      sink.error("check.unknown_attribute", { span, text: name }, `\`${relation.name}\` has no attribute \`${name}\``, help);
      return 0;
    }),
  );
}

function refuseBase(relation: Relation | undefined, sink: DiagnosticSink): void {
  if (relation?.role !== "base") return;
  const message = `\`${relation.name}\` holds facts, so nothing can be selected from what is derived for it`;
  const help = "derive a second relation from it and select there";
  sink.error("check.selection", { span: relation.span, text: relation.name }, message, help);
}

/**
 * A subsumption as an ordinary rule: it derives the lesser tuples that have to go, which are there beside a greater one and not equal to it.
 * Null where its heads are of two relations, or one and the same tuple, which stays.
 */
export function subsumptionRule(item: RuleItem, sink: DiagnosticSink): RuleItem | null {
  const [lesser, greater] = item.heads;
  if (lesser === undefined || greater === undefined || lesser.relation !== greater.relation) {
    const message = `\`${lesser?.relation}\` cannot be subsumed by \`${greater?.relation}\``;
    sink.error("check.selection", { span: item.span, text: greater?.relation ?? "" }, message, "both sides are of one relation");
    return null;
  }
  const named = (args: readonly Term[], side: string): Term[] =>
    args.map((arg, at) => (arg.kind === "wildcard" ? { kind: "variable", name: `~${side}${at}`, span: arg.span } : arg));
  const [less, more] = [
    { ...lesser, args: named(lesser.args, "l") },
    { ...greater, args: named(greater.args, "g") },
  ];
  const differ = less.args.flatMap((left, at): Formula[] => {
    const right = more.args[at];
    if (right === undefined || (left.kind === "variable" && right.kind === "variable" && left.name === right.name)) return [];
    return [{ kind: "compare", op: "!=", left, right, span: item.span }];
  });
  if (differ.length === 0) return null;
  const apart: Formula = { kind: "or", of: differ, span: item.span };
  return { ...item, form: "normal", heads: [less], body: [less, more, ...item.body, apart] };
}
