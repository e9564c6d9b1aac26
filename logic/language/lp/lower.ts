import { type Limits, limitsWith } from "../../../schema/limits.ts";
import type { Relation } from "../../../schema/relation.ts";
import type { Item, Program, ShowItem } from "../ast.ts";
import { DiagnosticSink } from "../diagnostic_sink.ts";
import { didYouMean } from "../did_you_mean.ts";
import { type DeclaredRelation, readRelations } from "../dl/lower_relations.ts";
import { readTypes } from "../dl/lower_types.ts";
import type { Law } from "../ir.ts";
import { keyLaw } from "../key_law.ts";
import type { Lowered } from "../lowered.ts";
import { checkHoles } from "../marks.ts";
import { itemWithConstants, readConstants } from "./constants.ts";
import { Inference } from "./inference.ts";
import { lowerRule } from "./lower_rule.ts";
import type { LpRule } from "./lowered_rule.ts";
import { closedLaw, constraintHead, lawsAbove, type OpenLaw } from "./lp_laws.ts";
import type { PlainRule } from "./plain_rule.ts";
import { readPredicates } from "./predicates.ts";
import { type Expansion, grow, RuleContext, type ShapedRelation } from "./rule_context.ts";
import { checkLength } from "./rule_length.ts";
import { type Desugared, desugar } from "./search/desugar.ts";
import { searchLaw, split } from "./search/split.ts";
import { shapedRelations } from "./shaped_relations.ts";
import { checkSingletons } from "./singletons.ts";
import { checkSpelling } from "./spelling.ts";
import { countUnpooled, unpool } from "./unpool.ts";
import { atomsOf } from "./walk.ts";

export interface LpInput {
  readonly theory: string;
  readonly programs: readonly Program[];
  /** Relations with known attributes: those of the `.dl` programs and of theories lowered before. */
  readonly known: ReadonlyMap<string, Relation>;
}

/**
 * Lowers the `.lp` programs of one theory to the intermediate form, keeping clingo's meaning of the deterministic part. Where
 * Assay differs it says so or stops: constants and strings of one spelling are one symbol (warned of); arithmetic is on exact
 * 64-bit integers, and what overflows or is undefined makes the verdict undecided where gringo wraps or drops the
 * instance, except that `**` with a negative exponent follows arithmetic where gringo 5.4 gives 0; an argument
 * holds values of one type, and function terms of one shape, which become attributes of their own. Relations that no
 * program declares get their types by unification over all rules. Every constraint becomes a law with a relation of its own.
 * What has several answer sets becomes `answerSets`, with its laws among the others.
 */
export function lowerLp(input: LpInput, limits: Limits = limitsWith()): Lowered {
  const sink = new DiagnosticSink();
  const items = input.programs.flatMap((program) => (program.dialect === "lp" ? program.items : []));
  const declared = readInputs(ofKind(items, "relation"), input.theory, limits, sink);
  const sound = items.filter((item) => item.kind !== "rule" || checkLength(item, limits.rule_literals, sink));
  const constants = readConstants(ofKind(sound, "const"), sink);
  const desugared = desugar(
    sound.map((item) => itemWithConstants(item, constants)),
    input.theory,
    sink,
  );
  checkSpelling(desugared.rules, sink);
  for (const item of desugared.rules) if ((desugared.made.get(item)?.kind ?? "auxiliary") === "auxiliary") checkSingletons(item, sink);
  const expansion: Expansion = { rules: 0, bound: limits.rules_expanded };
  const { rules: plain, laws: open } = plainRules(desugared, input.theory, expansion, sink);

  const known = new Map([...input.known, ...[...declared].map(([name, one]) => [name, one.relation] as const)]);
  const { relations, rules } = lowerRules(plain, known, expansion, limits, sink);
  const shown = outputsOf(ofKind(sound, "show"), relations, sink);
  const described = new Map([...relations].map(([name, one]) => [name, one.relation]));
  const pers = ofKind(sound, "per");
  const parted = split({ theory: input.theory, rules, desugared, laws: open, pers, relations: described, outputs: shown }, sink);
  const inferred = [...described.values()].filter(({ name }) => !known.has(name) && !parted.searched.has(name));
  const laws = parted.laws.flatMap((law) => {
    const attributes = described.get(law.law.relation)?.attributes.map(({ name }) => name);
    return attributes === undefined ? [] : [closedLaw(law, attributes, sink)];
  });
  const searchLaws = parted.searchLaws.map(({ open: law, relation }) => closedSearchLaw(law, relation, sink));
  const keys = [...declared.values()].map((one) => keyLaw(one.relation, one.theory, one.marks.keys)).filter((key) => key !== null);
  const searched = parted.searchLaws.map(({ relation }) => relation);
  return {
    relations: [...[...declared.values()].map((one) => one.relation), ...inferred, ...searched, ...keys.map((key) => key.relation)],
    rules: [...parted.rules, ...keys.map((key) => key.rule)],
    laws: [...laws, ...searchLaws, ...keys.map((key) => key.law)],
    outputs: shown.filter((name) => !parted.searched.has(name)),
    ...(parted.programs.length === 0 ? {} : { answerSets: parted.programs }),
    diagnostics: sink.list(),
  };
}

/** Types all rules together and lowers each; rules with faults are left out. */
function lowerRules(
  plain: readonly PlainRule[],
  known: ReadonlyMap<string, Relation>,
  expansion: Expansion,
  limits: Limits,
  sink: DiagnosticSink,
): { relations: Map<string, ShapedRelation>; rules: LpRule[] } {
  const { predicates, rules: wellNamed } = readPredicates(plain, known, sink);
  const inference = new Inference(predicates, sink);
  const scopes = inference.run(wellNamed);
  const relations = shapedRelations(predicates, plain, limits.attributes, sink);
  const isShaped = ({ head, body }: PlainRule): boolean => [head, ...atomsOf(body)].every((atom) => relations.has(atom.relation));
  const rules = [...scopes].flatMap(([rule, scope]) => {
    if (!isShaped(rule)) return [];
    const lowered = lowerRule(new RuleContext({ relations, inference, expansion, sink }, scope), rule);
    return lowered.map((one): LpRule => ({ rule: one, item: rule.item }));
  });
  return { relations, rules: numbered(rules) };
}

/** Gives rules ids of their own, `<relation>#<n>`. */
function numbered(rules: readonly LpRule[]): LpRule[] {
  const counts = new Map<string, number>();
  return rules.map(({ rule, item }) => {
    const { relation } = rule.head;
    const count = (counts.get(relation) ?? 0) + 1;
    counts.set(relation, count);
    return { rule: { ...rule, id: `${relation}#${count}` }, item };
  });
}

function closedSearchLaw(law: OpenLaw, relation: Relation, sink: DiagnosticSink): Law {
  const attributes = relation.attributes.map(({ name }) => name);
  if (law.mark !== null) checkHoles(law.mark, attributes, sink);
  return searchLaw(law, relation);
}

function ofKind<K extends Item["kind"]>(items: readonly Item[], kind: K): Extract<Item, { kind: K }>[] {
  return items.filter((item): item is Extract<Item, { kind: K }> => item.kind === kind);
}

/** The base relations that `@input` lines declare, over the primitive types. */
function readInputs(
  items: readonly Extract<Item, { kind: "relation" }>[],
  theory: string,
  limits: Limits,
  sink: DiagnosticSink,
): Map<string, DeclaredRelation> {
  const types = readTypes([], limits, sink);
  const fed = new Set(items.flatMap((item) => item.names.map((ref) => ref.name)));
  return readRelations({ items: items.map((item) => ({ item, theory })), fed, types, limits }, sink);
}

/** Rules with one head and no pools; constraints get heads of their own. */
function plainRules(
  desugared: Desugared,
  theory: string,
  expansion: Expansion,
  sink: DiagnosticSink,
): { rules: PlainRule[]; laws: OpenLaw[] } {
  const rules: PlainRule[] = [];
  const laws: OpenLaw[] = [];
  const taken = new Map<string, number>();
  for (const item of desugared.rules) {
    const count = countUnpooled(item, expansion.bound + 1);
    const isFact = item.form === "normal" && item.body.length === 0 && count === 1;
    if (!grow(expansion, isFact ? 0 : count, item.span, sink)) break;
    const { heads, bodies } = count === 1 ? { heads: [...item.heads], bodies: [item.body] } : unpool(item);
    if (item.form === "constraint") {
      const constraint = constraintHead(item, bodies, theory, taken, sink, desugared.stems.get(item));
      laws.push(...constraint.laws);
      heads.push(constraint.head);
    } else laws.push(...lawsAbove(item, item.heads[0]?.relation ?? "", theory, sink));
    for (const head of heads) for (const body of bodies) rules.push({ item, head, body });
  }
  return { rules, laws };
}

/** The derived relations that `#show p/n.` names. The other forms of `#show` choose what clingo prints, which no verdict depends on. */
function outputsOf(items: readonly ShowItem[], relations: ReadonlyMap<string, ShapedRelation>, sink: DiagnosticSink): string[] {
  const names: string[] = [];
  for (const { predicate, span } of items) {
    if (predicate === null) continue;
    const found = relations.get(predicate.name);
    const text = `${predicate.name}/${predicate.arity}`;
    if (found === undefined || found.shapes.length !== predicate.arity) {
      const help = didYouMean(
        predicate.name,
        relations.keys(),
        found === undefined ? null : `\`${predicate.name}\` has ${found.shapes.length} arguments`,
      );
      sink.error("check.unknown_relation", { span, text }, `there is no relation \`${text}\``, help);
    } else if (found.relation.role === "derived") names.push(predicate.name);
  }
  return [...new Set(names)];
}
