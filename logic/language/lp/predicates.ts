import type { Span } from "../../../schema/place.ts";
import { spanText } from "../../../schema/place.ts";
import type { Relation } from "../../../schema/relation.ts";
import type { Atom } from "../ast.ts";
import type { DiagnosticSink } from "../diagnostic_sink.ts";
import { didYouMean } from "../did_you_mean.ts";
import type { PlainRule } from "./plain_rule.ts";
import { type TypeNode, typeNode } from "./type_node.ts";
import { atomsOf } from "./walk.ts";

/** A relation as the programs use it. `relation` is null until inference has found its attributes. */
export interface Predicate {
  readonly name: string;
  readonly arity: number;
  readonly relation: Relation | null;
  /** The type of each argument; a declared relation's are fixed. */
  readonly types: readonly TypeNode[];
  readonly span: Span;
}

/**
 * Finds every relation of the rules and the rules that use them well. `declared` are relations with known attributes: from
 * `.dl`, or from `@input` lines. Faults are reported and their rules left out: an unknown name, a second arity of a name.
 */
export function readPredicates(
  rules: readonly PlainRule[],
  declared: ReadonlyMap<string, Relation>,
  sink: DiagnosticSink,
): { readonly predicates: Map<string, Predicate>; readonly rules: PlainRule[] } {
  const predicates = new Map<string, Predicate>();
  for (const relation of declared.values()) {
    const types = relation.attributes.map((attribute) =>
      typeNode(relation.span, { kind: "primitive", type: attribute.type, declared: true }),
    );
    predicates.set(relation.name, { name: relation.name, arity: types.length, relation, types, span: relation.span });
  }
  for (const { head } of rules) {
    if (predicates.has(head.relation)) continue;
    const types = head.args.map((arg) => typeNode(arg.span));
    predicates.set(head.relation, { name: head.relation, arity: types.length, relation: null, types, span: head.span });
  }
  const sound = rules.filter((rule) => {
    const headFits = checkAtom(rule.head, predicates, sink);
    const atoms = [...atomsOf(rule.body)].map((atom) => checkAtom(atom, predicates, sink));
    return headFits && atoms.every((fits) => fits);
  });
  return { predicates, rules: sound };
}

function checkAtom(atom: Atom, predicates: ReadonlyMap<string, Predicate>, sink: DiagnosticSink): boolean {
  const at = { span: atom.span, text: atom.relation };
  const predicate = predicates.get(atom.relation);
  if (predicate === undefined) {
    const otherwise = "give it a rule, or declare it by `%! @input name(attribute:type, …)` or a `.decl`";
    const help = didYouMean(atom.relation, predicates.keys(), otherwise);
    sink.error("check.unknown_relation", at, `there is no relation \`${atom.relation}\``, help);
    return false;
  }
  if (predicate.arity === atom.args.length) return true;
  const written = `\`${atom.relation}/${atom.args.length}\``;
  const message = `${written} stands here, and \`${predicate.name}/${predicate.arity}\` at ${spanText(predicate.span)}`;
  sink.error("check.arity", at, message, "a name has one arity: give the arguments it has, or choose another name");
  return false;
}
