import type { Attribute, Relation } from "../../../schema/relation.ts";
import type { Atom } from "../ast.ts";
import type { DiagnosticSink } from "../diagnostic_sink.ts";
import { attributeNames } from "./attribute_names.ts";
import type { PlainRule } from "./plain_rule.ts";
import type { Predicate } from "./predicates.ts";
import type { ShapedRelation } from "./rule_context.ts";
import { leavesOf, type Shape, shapeOf } from "./type_node.ts";

/**
 * Gives every relation its arguments' shapes, and those that no program declares their attributes: one for each primitive
 * in the arguments. A relation whose function terms have no bound is reported and left out.
 */
export function shapedRelations(
  predicates: ReadonlyMap<string, Predicate>,
  rules: readonly PlainRule[],
  attributes: number,
  sink: DiagnosticSink,
): Map<string, ShapedRelation> {
  const headsOf = new Map<string, PlainRule[]>();
  for (const rule of rules) {
    const known = headsOf.get(rule.head.relation);
    if (known === undefined) headsOf.set(rule.head.relation, [rule]);
    else known.push(rule);
  }
  const shaped = new Map<string, ShapedRelation>();
  for (const predicate of predicates.values()) {
    const shapes = shapesOf(predicate, attributes, sink);
    if (shapes === null) continue;
    const relation = predicate.relation ?? inferredRelation(predicate, shapes, headsOf.get(predicate.name) ?? []);
    shaped.set(predicate.name, { relation, shapes });
  }
  return shaped;
}

function shapesOf(predicate: Predicate, bound: number, sink: DiagnosticSink): Shape[] | null {
  const at = { span: predicate.span, text: predicate.name };
  const shapes: Shape[] = [];
  for (const type of predicate.types) {
    const shape = shapeOf(type);
    if (shape === null) {
      sink.error("lp.clingo_only", at, `\`${predicate.name}\` holds function terms without a bound`, null);
      return null;
    }
    shapes.push(shape);
  }
  const width = shapes.reduce((sum, shape) => sum + leavesOf(shape).length, 0);
  if (width <= bound) return shapes;
  sink.error("limit.attributes", at, `\`${predicate.name}\` has ${width} attributes, more than ${bound}`, null);
  return null;
}

function inferredRelation(predicate: Predicate, shapes: readonly Shape[], rules: readonly PlainRule[]): Relation {
  const heads: Atom[] = rules.map((rule) => rule.head).filter((head) => head.args.length === predicate.arity);
  const names = attributeNames(heads, shapes);
  const types = shapes.flatMap(leavesOf);
  const attributes = types.map(
    (type, index): Attribute => ({ name: names[index] ?? `a${index + 1}`, type, declared: type, fallback: null }),
  );
  const doc = rules.find((rule) => rule.item.doc.text !== "")?.item.doc.text ?? "";
  return { name: predicate.name, role: "derived", attributes, key: null, doc, span: predicate.span };
}
