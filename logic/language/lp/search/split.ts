import type { Relation } from "../../../../schema/relation.ts";
import type { AnswerSetProgram, Demand, PerKey, Search } from "../../answer_sets.ts";
import type { PerItem, RuleItem } from "../../ast.ts";
import { stronglyConnected } from "../../components.ts";
import { dependencies } from "../../dependencies.ts";
import type { DiagnosticSink } from "../../diagnostic_sink.ts";
import type { IrLiteral, IrRule, Law } from "../../ir.ts";
import { type LawMark, readMarks } from "../../marks.ts";
import type { LpRule } from "../lowered_rule.ts";
import type { OpenLaw } from "../lp_laws.ts";
import { isConditional } from "./conditionals.ts";
import type { Desugared } from "./desugar.ts";
import { checkLocality, isSliced, perOf } from "./per.ts";

export interface SplitInput {
  readonly theory: string;
  readonly rules: readonly LpRule[];
  readonly desugared: Desugared;
  readonly laws: readonly OpenLaw[];
  readonly pers: readonly PerItem[];
  /** Every relation that the rules mention. */
  readonly relations: ReadonlyMap<string, Relation>;
  readonly outputs: readonly string[];
}

/** What a theory's `.lp` programs fall into. Laws of answer sets are about a relation of their own, whose attributes are the key of the slice. */
export interface Split {
  readonly rules: readonly IrRule[];
  readonly programs: readonly AnswerSetProgram[];
  /** Laws of the stratified part, still open. */
  readonly laws: readonly OpenLaw[];
  readonly searchLaws: readonly { readonly open: OpenLaw; readonly relation: Relation }[];
  /** The relations that belong to answer sets. */
  readonly searched: ReadonlySet<string>;
}

/**
 * Parts rules with one meaning from those with answer sets: what a choice, a disjunction or an external leaves open, negation in a
 * cycle, and whatever depends on them.
 */
export function split(input: SplitInput, sink: DiagnosticSink): Split {
  const all = input.rules.map(({ rule }) => rule);
  const unstable = unstableRelations(all, sink);
  const searched = searchedRelations(input, unstable);
  if (searched.size === 0) return { rules: all, programs: [], laws: input.laws, searchLaws: [], searched };
  const own = input.rules.filter(({ rule }) => searched.has(rule.head.relation));
  const parts = partsOf(own, searched);
  const laws = lawsOf(input, own, unstable, searched, sink);
  const programs: AnswerSetProgram[] = [];
  const searchLaws: { open: OpenLaw; relation: Relation }[] = [];
  for (const part of parts) {
    const mine = laws.filter(({ relations }) => relations.some((name) => part.relations.has(name)));
    const declared = perOf(input.pers, [...part.rules.map(({ item }) => item.span.file)], input.relations, sink);
    const per = declared !== null && inputsOf(part).some((name) => isSliced(declared, input.relations.get(name))) ? declared : null;
    for (const { open } of mine) searchLaws.push({ open, relation: lawRelation(open, per, input.relations) });
    programs.push(programOf(input, part, mine, per, sink));
  }
  return {
    rules: input.rules.filter(({ rule }) => !searched.has(rule.head.relation)).map(({ rule }) => rule),
    programs,
    laws: input.laws.filter(({ law }) => !searched.has(law.relation)),
    searchLaws,
    searched,
  };
}

/** Relations with negation in a cycle among them. A conditional literal in a cycle would not mean what clingo makes of it: reported. */
function unstableRelations(rules: readonly IrRule[], sink: DiagnosticSink): Set<string> {
  const edges = dependencies(rules.map((rule) => ({ ...rule, body: rule.body.map(asNegation) })));
  const heads = [...new Set(rules.map((rule) => rule.head.relation))];
  const needs = Map.groupBy(edges, (edge) => edge.from);
  const components = stronglyConnected(heads, (name) => (needs.get(name) ?? []).map((edge) => edge.to));
  const componentOf = new Map(components.flatMap((component, index) => component.map((name) => [name, index] as const)));
  const inside = edges.filter(({ from, to }) => componentOf.get(from) === componentOf.get(to));
  const aggregated = new Set(inside.filter(({ how }) => how === "aggregated").map(({ from }) => componentOf.get(from)));
  const found = new Set<string>();
  for (const { from, to, how, span } of inside) {
    const component = componentOf.get(from) ?? -1;
    if (how !== "negated" || aggregated.has(component)) continue;
    if (isConditional(to)) {
      const message = "a conditional literal depends on the rule that it stands in";
      sink.error("lp.clingo_only", { span, text: "" }, message, "write its negation as a relation of its own");
    }
    for (const name of components[component] ?? []) found.add(name);
  }
  return found;
}

/** `not not a` is lowered to a count of one, at the place of its atom: here it is a negation like any other. */
function asNegation(literal: IrLiteral): IrLiteral {
  const atom = literal.kind === "aggregate" ? literal.elements[0]?.body[0] : undefined;
  return atom?.kind === "atom" && atom.span === literal.span ? { ...atom, negated: true } : literal;
}

function searchedRelations({ rules, desugared }: SplitInput, unstable: ReadonlySet<string>): Set<string> {
  const searched = new Set(unstable);
  for (const { rule, item } of rules) if (desugared.made.has(item)) searched.add(rule.head.relation);
  const users = Map.groupBy(dependencies(rules.map(({ rule }) => rule)), (edge) => edge.to);
  for (const name of searched) for (const { from } of users.get(name) ?? []) searched.add(from);
  return searched;
}

interface Part {
  readonly relations: ReadonlySet<string>;
  readonly rules: readonly LpRule[];
}

/** Rules that share a searched relation belong together; disjuncts and elements of one item do by the relation of its body. */
function partsOf(rules: readonly LpRule[], searched: ReadonlySet<string>): Part[] {
  const root = new Map<string, string>();
  const find = (name: string): string => {
    let at = name;
    while (root.has(at)) at = root.get(at) as string;
    return at;
  };
  for (const { from, to } of dependencies(rules.map(({ rule }) => rule))) {
    const [left, right] = [find(from), find(to)];
    if (searched.has(to) && left !== right) root.set(left, right);
  }
  const groups = Map.groupBy(rules, ({ rule }) => find(rule.head.relation));
  return [...groups.values()].map((group) => ({ relations: new Set(group.map(({ rule }) => rule.head.relation)), rules: group }));
}

/** A law of a part: what it forbids or which rules it stands for. */
interface PartLaw {
  readonly open: OpenLaw;
  readonly relations: readonly string[];
  readonly forbids: string | null;
  readonly rules: readonly string[];
}

function lawsOf(
  input: SplitInput,
  own: readonly LpRule[],
  unstable: ReadonlySet<string>,
  searched: ReadonlySet<string>,
  sink: DiagnosticSink,
): PartLaw[] {
  const laws: PartLaw[] = [];
  const disjunctions = new Set<string>();
  for (const { open, forbids } of input.laws.map((law) => ({ open: law, forbids: law.law.relation }))) {
    if (!searched.has(forbids)) continue;
    const span = own.find(({ rule }) => rule.head.relation === forbids)?.item.span ?? open.law.span;
    laws.push({ open: { ...open, law: { ...open.law, span } }, relations: [forbids], forbids, rules: [] });
  }
  for (const { rule, item } of own) {
    const made = input.desugared.made.get(item);
    const { relation } = rule.head;
    if (made?.kind === "disjunct" && !disjunctions.has(made.group)) {
      disjunctions.add(made.group);
      const [mark] = made.written.kind === "rule" ? readMarks(made.written.doc.marks, sink).laws : [];
      laws.push({
        open: ruleLaw(input.theory, item, "disjunction", laws, mark),
        relations: [relation],
        forbids: null,
        rules: [made.group],
      });
    } else if (made === undefined && unstable.has(relation)) {
      laws.push({ open: ruleLaw(input.theory, item, "rule", laws), relations: [relation], forbids: null, rules: [rule.id] });
    }
  }
  return laws.toSorted((a, b) => a.open.law.span.offset - b.open.law.span.offset);
}

/** The law that a rule itself stands for, named by its place. */
function ruleLaw(theory: string, item: RuleItem, what: string, taken: readonly PartLaw[], mark?: LawMark): OpenLaw {
  if (mark !== undefined) {
    const { id, severity, message } = mark;
    return { law: { id, severity, relation: id, theory, doc: item.doc.text, span: item.span }, message, mark };
  }
  const stem = `${theory}.${what}_${item.span.line}`;
  let id = stem;
  for (let count = 2; taken.some(({ open }) => open.law.id === id); count++) id = `${stem}_${count}`;
  return { law: { id, severity: "error", relation: id, theory, doc: item.doc.text, span: item.span }, message: null, mark: null };
}

function lawRelation(open: OpenLaw, per: PerKey | null, relations: ReadonlyMap<string, Relation>): Relation {
  const { id, doc, span } = open.law;
  const attributes = relations.get(per?.relation ?? "")?.attributes.filter(({ name }) => per?.key.includes(name)) ?? [];
  return { name: id.includes(".") ? id : `law.${id}`, role: "derived", attributes, key: null, doc, span };
}

function programOf(input: SplitInput, part: Part, laws: readonly PartLaw[], per: PerKey | null, sink: DiagnosticSink): AnswerSetProgram {
  const searches: Search[] = [];
  const rules: IrRule[] = [];
  for (const { rule, item } of part.rules) {
    const made = input.desugared.made.get(item);
    if (made === undefined || made.kind === "auxiliary") rules.push(rule);
    else searches.push({ kind: made.kind, group: made.group, rule });
  }
  const inputs = inputsOf(part);
  if (per !== null) checkLocality({ per, rules, inputs, relations: input.relations }, sink);
  return {
    theory: input.theory,
    per,
    relations: new Map([...part.relations].flatMap((name) => [[name, input.relations.get(name)] as const].filter(hasRelation))),
    rules,
    searches,
    optimisations: [...input.desugared.optimisations]
      .filter(([name]) => part.relations.has(name))
      .map(([relation, goal]) => ({ relation, goal })),
    demands: laws.map(({ open, forbids, rules: named }): Demand => ({ law: open.law.id, forbids, rules: named })),
    inputs,
    outputs: input.outputs.filter((name) => part.relations.has(name)),
  };
}

function inputsOf(part: Part): string[] {
  const read = dependencies(part.rules.map(({ rule }) => rule)).map(({ to }) => to);
  return [...new Set(read)].filter((name) => !part.relations.has(name)).toSorted();
}

function hasRelation(entry: readonly [string, Relation | undefined]): entry is readonly [string, Relation] {
  return entry[1] !== undefined;
}

/** A law of an answer set program with its message. */
export function searchLaw(open: OpenLaw, relation: Relation): Law {
  const key = relation.attributes.map(({ name }) => `${name} = {${name}}`).join(", ");
  const what = open.law.id.includes(".choice_") ? "choice" : open.law.id.includes(".disjunction_") ? "disjunction" : "rule";
  const named = open.mark === null ? `the ${what} of line ${open.law.span.line}` : `\`${open.law.id}\``;
  const message = `no answer set meets ${named} and the rules it clashes with${key === "" ? "" : `, where ${key}`}`;
  return { ...open.law, relation: relation.name, message: open.message ?? message };
}
