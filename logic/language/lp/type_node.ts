import { limits } from "../../../schema/limits.ts";
import type { Span } from "../../../schema/place.ts";
import type { ValueType } from "../../../schema/value.ts";

/** What is known of a type: a primitive, a numeric type that nothing fixes yet, or function terms of one shape. */
export type TypeContent =
  | { readonly kind: "primitive"; readonly type: ValueType; readonly declared: boolean }
  | { readonly kind: "numeric" }
  | { readonly kind: "function"; readonly name: string; readonly args: readonly TypeNode[] };

/** A type under inference: a node of a union-find forest. */
export interface TypeNode {
  parent: TypeNode | null;
  content: TypeContent | null;
  /** Where the content was first asked for. */
  readonly span: Span;
}

/** Two types that no value has in common. */
export interface TypeClash {
  readonly left: TypeNode;
  readonly right: TypeNode;
}

/** More parts than any relation that has at most `attributes` attributes. */
const SHAPE_PARTS = 4 * limits.attributes.value;
/** Function terms that take more steps to compare are no argument of a relation. */
const UNIFY_STEPS = 100_000;

export function typeNode(span: Span, content: TypeContent | null = null): TypeNode {
  return { parent: null, content, span };
}

/** The node that stands for all nodes unified with `node`. */
export function rootOf(node: TypeNode): TypeNode {
  let root = node;
  while (root.parent !== null) root = root.parent;
  for (let at = node; at.parent !== null; ) {
    const next = at.parent;
    at.parent = root;
    at = next;
  }
  return root;
}

/** Makes two types one. Returns the parts that clash, or null. After a clash the parts already unified stay so. */
export function unify(first: TypeNode, second: TypeNode): TypeClash | null {
  const pending: [TypeNode, TypeNode][] = [[first, second]];
  for (let steps = 0; pending.length > 0; steps++) {
    const [left, right] = (pending.pop() ?? [first, second]).map(rootOf) as [TypeNode, TypeNode];
    if (left === right) continue;
    if (steps > UNIFY_STEPS) return { left, right };
    const merged = mergedContent(left.content, right.content);
    if (merged === undefined) return { left, right };
    const [kept, joined] = merged === right.content ? [right, left] : [left, right];
    if (left.content?.kind === "function" && right.content?.kind === "function") {
      const others = right.content.args;
      for (const [index, arg] of left.content.args.entries()) pending.push([arg, others[index] ?? arg]);
    }
    joined.parent = kept;
  }
  return null;
}

/** One of the two contents, whichever says more; undefined where they clash. */
function mergedContent(left: TypeContent | null, right: TypeContent | null): TypeContent | null | undefined {
  if (left === null) return right;
  if (right === null) return left;
  if (left.kind === "numeric" || right.kind === "numeric") {
    const other = left.kind === "numeric" ? right : left;
    if (other.kind === "numeric" || (other.kind === "primitive" && other.type !== "symbol")) return other;
    return undefined;
  }
  if (left.kind === "primitive" && right.kind === "primitive") return left.type === right.type ? (left.declared ? left : right) : undefined;
  if (left.kind === "function" && right.kind === "function") {
    return left.name === right.name && left.args.length === right.args.length ? left : undefined;
  }
  return undefined;
}

/** A type in words, for messages. */
export function describeType(node: TypeNode): string {
  const content = rootOf(node).content;
  if (content === null) return "anything";
  if (content.kind === "numeric") return "a number";
  if (content.kind === "primitive")
    return content.type === "number" ? "a number" : `a ${content.type}`.replace("a unsigned", "an unsigned");
  return content.name === "" ? `a tuple of ${content.args.length}` : `a term \`${content.name}/${content.args.length}\``;
}

/** What a type is once inference is over: a primitive, or a function term's parts. A type that nothing fixed is a symbol. */
export type Shape =
  | { readonly kind: "leaf"; readonly type: ValueType }
  | { readonly kind: "function"; readonly name: string; readonly args: readonly Shape[] };

/** The shape of a type, or null where it holds itself or has far more parts than a relation may have attributes. */
export function shapeOf(node: TypeNode): Shape | null {
  return shapeWithin(node, { parts: SHAPE_PARTS }, limits.program_depth.value);
}

function shapeWithin(node: TypeNode, budget: { parts: number }, depth: number): Shape | null {
  const content = rootOf(node).content;
  budget.parts--;
  if (budget.parts < 0) return null;
  if (content?.kind !== "function") {
    return { kind: "leaf", type: content === null ? "symbol" : content.kind === "numeric" ? "number" : content.type };
  }
  if (depth <= 0) return null;
  const args: Shape[] = [];
  for (const arg of content.args) {
    const shape = shapeWithin(arg, budget, depth - 1);
    if (shape === null) return null;
    args.push(shape);
  }
  return { kind: "function", name: content.name, args };
}

/** The primitives of a shape from left to right: one attribute each. */
export function leavesOf(shape: Shape): ValueType[] {
  return shape.kind === "leaf" ? [shape.type] : shape.args.flatMap(leavesOf);
}

/** Two shapes have the same text just when their values can be equal. */
export function shapeText(shape: Shape): string {
  return shape.kind === "leaf" ? shape.type : `${shape.name}(${shape.args.map(shapeText).join(",")})`;
}
