import { type Limits, limitsWith } from "../../../schema/limits.ts";
import { type Span, spanText } from "../../../schema/place.ts";
import type { DirectiveItem, Item, Program, RelationItem } from "../ast.ts";
import { assayReading, type Reading } from "../compatibility.ts";
import { DiagnosticSink } from "../diagnostic_sink.ts";
import { didYouMean } from "../did_you_mean.ts";
import type { IrRule, Law } from "../ir.ts";
import { keyLaw } from "../key_law.ts";
import type { Lowered } from "../lowered.ts";
import { checkHoles, type LawMark, readMarks } from "../marks.ts";
import type { DlScope } from "./dl_scope.ts";
import { expandComponents } from "./expand_components.ts";
import { readConstants } from "./lower_constants.ts";
import { feed, rewriteEquivalences } from "./lower_equivalence.ts";
import { type DeclaredRelation, readRelations } from "./lower_relations.ts";
import { type Expansion, lowerRule } from "./lower_rule.ts";
import { type LoweredSubsumption, selectionsOf, subsumptionRule } from "./lower_selection.ts";
import { branchesOf, readTypes, type TypeTable } from "./lower_types.ts";
import { type StructuredType, structureOf } from "./named_type.ts";

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
  const branches = branchesOf(types);
  const directives = ofKind(all, "directive");
  const fed = new Set(directives.filter((one) => one.directive === "input").flatMap((one) => one.relations.map((ref) => ref.name)));
  const declarations = parts.flatMap(({ theory, items }) => ofKind(items, "relation").map((item) => ({ item, theory })));
  const heads = new Set(ofKind(all, "rule").flatMap((item) => item.heads.map((head) => head.relation)));
  const selected = declarations.filter(({ item }) => item.choices.length > 0 || item.qualifiers.includes("eqrel"));
  const chosen = new Set(selected.flatMap(({ item }) => item.names.map(({ name }) => name)));
  const derived: ReadonlySet<string> = reading.feeds_derived ? heads.union(chosen) : new Set<string>();
  const relations = readRelations({ items: declarations, fed, derived, structured: reading.feeds_derived, types, limits }, sink);
  refuseMarks(all, sink);
  refuseSharedNames(relations, types, sink);
  checkDirectives(directives, relations, sink);
  const laws = [...relations.values()].flatMap((declared) => lawsOf(declared.marks.laws, declared, declared.relation.doc, sink));
  const rules: IrRule[] = [];
  const incomplete = new Set<string>();
  const expansion: Expansion = { rules: 0 };
  const subsumptions: LoweredSubsumption[] = [];
  for (const { theory, items } of parts) {
    const scope: DlScope = { relations, constants: readConstants(ofKind(items, "const"), sink), types, branches, reading };
    for (const item of ofKind(items, "rule")) {
      if (item.form === "subsumption") {
        const rule = subsumptionRule(item, sink);
        if (rule === null) continue;
        subsumptions.push({ relation: rule.heads[0]?.relation ?? "", rules: lowerRule(rule, scope, limits, expansion, sink) });
        continue;
      }
      laws.push(...lawsOnRule(item, theory, relations, sink));
      const lowered = lowerRule(item, scope, limits, expansion, sink);
      rules.push(...lowered);
      if (lowered.length === 0) for (const head of item.heads) incomplete.add(head.relation);
    }
  }
  const keys = [...relations.values()]
    .map((declared) => keyLaw(declared.relation, declared.theory, declared.marks.keys))
    .filter((key) => key !== null);
  const items = declarations.map(({ item }) => item);
  const declared = [...relations.values()].map((one) => one.relation);
  const feeds = declared.filter(({ name, role }) => role === "derived" && fed.has(name)).map(feed);
  const plain = { relations: [...declared, ...feeds.map(({ base }) => base)], rules: [...rules, ...feeds.map(({ rule }) => rule)] };
  const written = rewriteEquivalences(items, plain, sink);
  const selections = selectionsOf({ relations, items, directives, subsumptions }, sink);
  return {
    relations: [...written.relations, ...keys.map((key) => key.relation)],
    rules: [...written.rules, ...keys.map((key) => key.rule)],
    selections,
    laws: [...laws, ...keys.map((key) => key.law)],
    outputs: outputsOf(directives, relations, items),
    diagnostics: sink.list(),
    incomplete: [...incomplete],
    structures: structuresOf(types),
  };
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
    if (!types.has(name)) continue;
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
