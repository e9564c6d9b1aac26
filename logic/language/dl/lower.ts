import { type Limits, limitsWith } from "../../../schema/limits.ts";
import { type Span, spanText } from "../../../schema/place.ts";
import type { DirectiveItem, Item, Program, RelationItem, RuleItem } from "../ast.ts";
import { assayReading, type Reading } from "../compatibility.ts";
import { DiagnosticSink } from "../diagnostic_sink.ts";
import { didYouMean } from "../did_you_mean.ts";
import type { IrRule, Law } from "../ir.ts";
import { keyLaw } from "../key_law.ts";
import type { Lowered } from "../lowered.ts";
import { checkHoles, type LawMark, readMarks } from "../marks.ts";
import { checkPlans } from "./check_plans.ts";
import type { DlScope } from "./dl_scope.ts";
import { expandComponents } from "./expand_components.ts";
import { inlineRule } from "./inline_rules.ts";
import { readConstants } from "./lower_constants.ts";
import { feed, rewriteEquivalences } from "./lower_equivalence.ts";
import { inlinedRules } from "./lower_inline.ts";
import { type DeclaredRelation, readRelations } from "./lower_relations.ts";
import { type Expansion, lowerRule } from "./lower_rule.ts";
import { type LoweredSubsumption, selectionsOf, subsumptionRule } from "./lower_selection.ts";
import { branchesOf, readTypes, type TypeTable } from "./lower_types.ts";
import { primitiveTypes, type StructuredType, structureOf } from "./named_type.ts";

export interface TheoryPrograms {
  readonly theory: string;
  readonly programs: readonly Program[];
}

/**
 * Lowers the `.dl` programs of a set of theories, which share one namespace of types and relations; constants are each theory's own.
 * Programs of the other dialect are passed over. Declarations may stand in any order.
 */
export function lowerDl(theories: readonly TheoryPrograms[], limits: Limits = limitsWith(), reading: Reading = assayReading): Lowered {
  const sink = new DiagnosticSink();
  const texts = theories.map(({ programs }) => programs.flatMap((one) => (one.dialect === "dl" ? one.items : [])));
  const expanded = expandComponents(texts, limits, sink);
  const parts = theories.map(({ theory }, index) => ({ theory, items: expanded[index] ?? [] }));
  const all = parts.flatMap((part) => part.items);
  const types = readTypes(ofKind(all, "type"), limits, sink);
  const directives = ofKind(all, "directive");
  const declarations = parts.flatMap(({ theory, items }) => ofKind(items, "relation").map((item) => ({ item, theory })));
  const items = declarations.map(({ item }) => item);
  const fed = new Set(directives.filter((one) => one.directive === "input").flatMap((one) => one.relations.map((ref) => ref.name)));
  const derived = reading.feeds_derived ? derivedNames(ofKind(all, "rule"), items) : new Set<string>();
  const relations = readRelations({ items: declarations, fed, derived, structured: reading.feeds_derived, types, limits }, sink);
  refuseMarks(all, sink);
  refuseSharedNames(relations, types, sink);
  checkDirectives(directives, relations, sink);
  checkPlans(ofKind(all, "rule"), sink);
  const lowered = lowerRules({ parts, relations, types, reading, limits }, sink);
  const keys = [...relations.values()]
    .map((declared) => keyLaw(declared.relation, declared.theory, declared.marks.keys))
    .filter((key) => key !== null);
  const declared = [...relations.values()].map((one) => one.relation);
  const feeds = declared.filter(({ name, role }) => role === "derived" && fed.has(name)).map(feed);
  const rules = [...lowered.rules, ...feeds.map(({ rule }) => rule)];
  const written = rewriteEquivalences(items, { relations: [...declared, ...feeds.map(({ base }) => base)], rules }, sink);
  const laws = [...relations.values()].flatMap((one) => lawsOf(one.marks.laws, one, one.relation.doc, sink));
  return {
    relations: [...written.relations, ...keys.map((key) => key.relation)],
    rules: [...written.rules, ...keys.map((key) => key.rule)],
    selections: selectionsOf({ relations, items, directives, subsumptions: lowered.subsumptions }, sink),
    laws: [...laws, ...lowered.laws, ...keys.map((key) => key.law)],
    outputs: outputsOf(directives, relations, items),
    diagnostics: sink.list(),
    incomplete: [...lowered.incomplete],
    structures: structuresOf(types),
  };
}

interface RulesInput {
  readonly parts: readonly { readonly theory: string; readonly items: readonly Item[] }[];
  readonly relations: ReadonlyMap<string, DeclaredRelation>;
  readonly types: TypeTable;
  readonly reading: Reading;
  readonly limits: Limits;
}

interface LoweredRules {
  readonly rules: readonly IrRule[];
  readonly laws: readonly Law[];
  readonly subsumptions: readonly LoweredSubsumption[];
  readonly incomplete: ReadonlySet<string>;
}

function lowerRules({ parts, relations, types, reading, limits }: RulesInput, sink: DiagnosticSink): LoweredRules {
  const branches = branchesOf(types);
  const scoped = parts.flatMap(({ theory, items }) => {
    const scope: DlScope = { relations, constants: readConstants(ofKind(items, "const"), sink), types, branches, reading };
    return ofKind(items, "rule").map((rule) => ({ rule, scope, theory }));
  });
  const all = parts.flatMap((part) => part.items);
  const inlined = inlinedRules({ items: ofKind(all, "relation"), directives: ofKind(all, "directive"), rules: scoped, limits }, sink);
  const rules: IrRule[] = [];
  const laws: Law[] = [];
  const subsumptions: LoweredSubsumption[] = [];
  const incomplete = new Set<string>(inlined.keys());
  const expansion: Expansion = { rules: 0 };
  for (const { rule: item, scope, theory } of scoped) {
    if (item.heads.every((head) => inlined.has(head.relation)) && item.heads.length > 0) continue;
    const rule = item.form === "subsumption" ? subsumptionRule(item, sink) : item;
    if (rule === null) continue;
    if (item.form !== "subsumption") laws.push(...lawsOnRule(item, theory, relations, sink));
    const lowered = lowerRule(inlineRule(rule, inlined, sink), scope, limits, expansion, sink);
    if (item.form === "subsumption") subsumptions.push({ relation: rule.heads[0]?.relation ?? "", rules: lowered });
    else rules.push(...lowered);
    if (lowered.length === 0) for (const head of item.heads) incomplete.add(head.relation);
  }
  return { rules, laws, subsumptions, incomplete };
}

/** What is derived although it may be fed too: relations with rules, and those that select from what is derived. */
function derivedNames(rules: readonly RuleItem[], items: readonly RelationItem[]): Set<string> {
  const selecting = items.filter((item) => item.choices.length > 0 || item.qualifiers.includes("eqrel"));
  return new Set([
    ...rules.flatMap((rule) => rule.heads.map((head) => head.relation)),
    ...selecting.flatMap((item) => item.names.map(({ name }) => name)),
  ]);
}

/** The structured types by every name that means one. */
function structuresOf(types: TypeTable): Map<string, StructuredType> {
  return new Map(
    [...types].flatMap(([name, type]) => {
      const structure = type === null ? null : structureOf(type);
      return structure === null ? [] : [[name, structure] as const];
    }),
  );
}

/** Soufflé keeps types and relations in one namespace. */
function refuseSharedNames(relations: ReadonlyMap<string, DeclaredRelation>, types: TypeTable, sink: DiagnosticSink): void {
  for (const [name, { relation }] of relations) {
    if (!types.has(name) || Object.hasOwn(primitiveTypes, name)) continue;
    sink.error("check.duplicate", { span: relation.span, text: name }, `\`${name}\` is a type and a relation`, "rename one");
  }
}

function ofKind<K extends Item["kind"]>(items: readonly Item[], kind: K): Extract<Item, { kind: K }>[] {
  return items.filter((item): item is Extract<Item, { kind: K }> => item.kind === kind);
}

function lawsOf(marks: readonly LawMark[], declared: DeclaredRelation, doc: string, sink: DiagnosticSink): Law[] {
  const { relation, theory } = declared;
  return marks.map((mark) => {
    const names = relation.attributes.map((attribute) => attribute.name);
    checkHoles(mark, names, sink);
    return { id: mark.id, severity: mark.severity, message: mark.message, relation: relation.name, theory, doc, span: mark.span };
  });
}

/** A law mark above a rule is about the relation that the rule derives. */
function lawsOnRule(
  item: Extract<Item, { kind: "rule" }>,
  theory: string,
  relations: ReadonlyMap<string, DeclaredRelation>,
  sink: DiagnosticSink,
): Law[] {
  const { laws } = readMarks(
    item.doc.marks.filter((mark) => mark.name !== "key" && mark.name !== "default"),
    sink,
  );
  const [mark] = laws;
  if (mark === undefined) return [];
  const [head] = item.heads;
  if (item.heads.length !== 1 || head === undefined) {
    const message = `the law \`${mark.id}\` stands above a rule with several heads`;
    sink.error(
      "check.mark_malformed",
      { span: mark.span, text: mark.id },
      message,
      "put the mark above the declaration of the relation meant",
    );
    return [];
  }
  const declared = relations.get(head.relation);
  return declared === undefined ? [] : lawsOf(laws, { ...declared, theory }, item.doc.text, sink);
}

/** Marks that cannot stand where they stand: all of them above a type, `@key` and `@default` above a rule. */
function refuseMarks(items: readonly Item[], sink: DiagnosticSink): void {
  for (const item of items) {
    if (item.kind !== "type" && item.kind !== "rule") continue;
    for (const mark of item.doc.marks) {
      if (item.kind === "rule" && mark.name !== "key" && mark.name !== "default") continue;
      const message = `\`@${mark.name}\` stands above a ${item.kind}`;
      sink.error("check.mark_malformed", { span: mark.span, text: `@${mark.name}` }, message, "put it above the declaration of a relation");
    }
  }
}

function checkDirectives(
  directives: readonly DirectiveItem[],
  relations: ReadonlyMap<string, DeclaredRelation>,
  sink: DiagnosticSink,
): void {
  const once = new Map<string, Span>();
  for (const { directive, name, span } of directives.flatMap((one) => one.relations.map((ref) => ({ directive: one.directive, ...ref })))) {
    const first = once.get(`${directive} ${name}`);
    if (first !== undefined && (directive === "printsize" || directive === "limitsize")) {
      const message = `\`.${directive} ${name}\` stands at ${spanText(first)} and again here`;
      sink.error("check.duplicate", { span, text: name }, message, "remove one");
    }
    once.set(`${directive} ${name}`, span);
    if (relations.has(name)) continue;
    const help = () => didYouMean(name, relations.keys(), "declare it with `.decl`");
    sink.error("check.unknown_relation", { span, text: name }, `there is no relation \`${name}\``, help);
  }
}

/** The derived relations that are asked for, each once. */
function outputsOf(
  directives: readonly DirectiveItem[],
  relations: ReadonlyMap<string, DeclaredRelation>,
  items: readonly RelationItem[],
): string[] {
  const directed = directives.filter((one) => one.directive === "output").flatMap((one) => one.relations.map((ref) => ref.name));
  const qualified = items.filter((item) => item.qualifiers.includes("output")).flatMap((item) => item.names.map((ref) => ref.name));
  return [...new Set([...directed, ...qualified])].filter((name) => relations.get(name)?.relation.role === "derived");
}
