import type { Span } from "../../schema/place.ts";
import type { Doc, Item, NameRef, Term } from "./ast.ts";

export interface BranchDeclaration {
  readonly name: string;
  readonly fields: readonly AttributeDeclaration[];
  readonly span: Span;
}

export interface AttributeDeclaration {
  readonly name: string;
  readonly type: NameRef;
  readonly span: Span;
}

/** .dl: `.comp Name<T> : Base<T> { items }`: a pattern that `.init` makes copies of. */
export interface ComponentItem {
  readonly kind: "component";
  readonly name: string;
  readonly parameters: readonly string[];
  readonly bases: readonly ComponentRef[];
  readonly items: readonly Item[];
  readonly span: Span;
}

/** .dl: `.init name = Component<A, B>`. */
export interface InitItem {
  readonly kind: "init";
  readonly name: string;
  readonly of: ComponentRef;
  readonly span: Span;
}

export interface ComponentRef {
  readonly name: string;
  readonly args: readonly string[];
  readonly span: Span;
}

/** .dl, inside a component: `.override relation`, whose rules in the bases are left out. */
export interface OverrideItem {
  readonly kind: "override";
  readonly relation: NameRef;
  readonly span: Span;
}

/** .dl: `[x, y]`. */
export interface RecordTerm {
  readonly kind: "record";
  readonly args: readonly Term[];
  readonly span: Span;
}

/** .dl: `nil`, which every record type has. */
export interface NilTerm {
  readonly kind: "nil";
  readonly span: Span;
}

/** .dl: `$Node(l, r)`, `$Leaf`: a value of an algebraic data type. */
export interface BranchTerm {
  readonly kind: "branch";
  readonly name: string;
  readonly args: readonly Term[];
  readonly span: Span;
}

/** .dl: `as(x, Type)`. */
export interface CastTerm {
  readonly kind: "cast";
  readonly of: Term;
  readonly type: NameRef;
  readonly span: Span;
}

/**
 * .dl: `.type Path <: symbol`, `.type A = B | C`, `.type A = B`; and with `branches` instead of `of` the record `.type P = [x:number]`
 * (one branch without a name) and the algebraic data type `.type E = Leaf {} | Node {l:E, r:E}`.
 */
export interface TypeItem {
  readonly kind: "type";
  readonly name: string;
  readonly form: "subtype" | "union" | "equivalence" | "record" | "algebraic";
  readonly of: readonly NameRef[];
  readonly branches: readonly BranchDeclaration[];
  readonly doc: Doc;
  readonly span: Span;
}

/** .dl: `.pragma "name" "value"`. */
export interface PragmaItem {
  readonly kind: "pragma";
  readonly words: readonly string[];
  readonly span: Span;
}

/** .dl: a functor in call form: `cat(a, b)`, `max(x, y)`, `range(1, n)`, `to_float(x)`. */
export type Functor =
  | "cat"
  | "strlen"
  | "substr"
  | "ord"
  | "to_number"
  | "to_string"
  | "to_unsigned"
  | "to_float"
  | "itou"
  | "itof"
  | "utoi"
  | "utof"
  | "ftoi"
  | "ftou"
  | "min"
  | "max"
  | "range";

export interface CallTerm {
  readonly kind: "call";
  readonly functor: Functor;
  readonly args: readonly Term[];
  readonly span: Span;
}
