import type { Span } from "../../schema/place.ts";
import type {
  AttributeDeclaration,
  BranchTerm,
  CallTerm,
  CastTerm,
  ComponentItem,
  InitItem,
  NilTerm,
  OverrideItem,
  PragmaItem,
  RecordTerm,
  TypeItem,
} from "./ast_dl.ts";

/**
 * The abstract syntax of both languages, as written: no names resolved, no types, nothing expanded.
 * `.dl` (Soufflé's dialect) and `.lp` (clingo's) share it; nodes that only one dialect has say so.
 * INVARIANT: `parse(print(program))` equals `program` up to spans.
 */
export interface Program {
  readonly dialect: "dl" | "lp";
  readonly file: string;
  readonly items: readonly Item[];
}

export type Item =
  | TypeItem
  | RelationItem
  | DirectiveItem
  | PragmaItem
  | IncludeItem
  | RuleItem
  | ConstItem
  | ShowItem
  | ExternalItem
  | OptimizeItem
  | PerItem
  | ComponentItem
  | InitItem
  | OverrideItem;

/** `/// text` (.dl) and `%! text` (.lp) lines directly above an item. Marks are the lines that begin with `@`. */
export interface Doc {
  readonly text: string;
  readonly marks: readonly Mark[];
}

/** `@law npm.integrity error "…"`, `@key(a, b)`: the name, and everything after it as written. Given a meaning by `marks.ts`. */
export interface Mark {
  readonly name: string;
  readonly rest: string;
  readonly span: Span;
}

export interface NameRef {
  readonly name: string;
  readonly span: Span;
}

/** .dl: `.decl a, b(x:number, y:Path) btree`. Nullary: no attributes. */
export interface RelationItem {
  readonly kind: "relation";
  readonly names: readonly NameRef[];
  readonly attributes: readonly AttributeDeclaration[];
  /** `eqrel`, which has a meaning; `inline`, `btree`, `magic` …: hints to Soufflé's engine, kept for printing. */
  readonly qualifiers: readonly string[];
  /** The attributes of each domain of a `choice-domain`: the relation holds one tuple for every value of them. */
  readonly choices: readonly (readonly NameRef[])[];
  readonly doc: Doc;
  readonly span: Span;
}

/** .dl: `.input a(IO=file, delimiter=",")`, `.output`, `.printsize`, `.limitsize`. */
export interface DirectiveItem {
  readonly kind: "directive";
  readonly directive: "input" | "output" | "printsize" | "limitsize";
  readonly relations: readonly NameRef[];
  readonly parameters: readonly { readonly name: string; readonly value: string }[];
  readonly span: Span;
}

/**
 * `.include "file"` and `#include "file"` (.dl), `#include "file".` (.lp). `file` is as written, relative to the including file.
 * `once` is true for `.once` (.dl) alone, whose `file` is empty: it lets a file that begins with it be part of a cycle.
 */
export interface IncludeItem {
  readonly kind: "include";
  readonly file: string;
  readonly once: boolean;
  readonly span: Span;
}

/**
 * `heads :- body.`; a fact has an empty body.
 * `form`: `normal` any number of heads, all derived (.dl `a, b :- c.`) or one (.lp); `constraint` no head (.lp `:- b.`);
 * `disjunction` (.lp `a ; b :- c.`), `choice` (.lp `1 { a : c } 2 :- d.`), `subsumption` (.dl `lesser <= greater :- b.`, two heads
 * of one relation: a tuple goes where a greater one is there).
 */
export interface RuleItem {
  readonly kind: "rule";
  readonly form: "normal" | "constraint" | "disjunction" | "choice" | "subsumption";
  readonly heads: readonly Atom[];
  /** Choice: its elements and bounds; null for every other form. */
  readonly choice: Choice | null;
  /** Formulas that must all hold. */
  readonly body: readonly Formula[];
  /** .dl: the text of a `.plan` clause behind the rule, a hint kept for printing. */
  readonly plan: string | null;
  readonly doc: Doc;
  readonly span: Span;
}

export interface Choice {
  readonly elements: readonly { readonly atom: Atom; readonly condition: readonly Formula[] }[];
  readonly left: Guard | null;
  readonly right: Guard | null;
}

/** .lp: `#const n = 5.`; .dl: `.const` style definitions, where Soufflé has them, are read into the same item. */
export interface ConstItem {
  readonly kind: "const";
  readonly name: string;
  readonly value: Term;
  readonly span: Span;
}

/** .lp: `#show p/2.`, `#show t : b.`, `#show.` (both null). */
export interface ShowItem {
  readonly kind: "show";
  readonly predicate: { readonly name: string; readonly arity: number } | null;
  readonly term: Term | null;
  readonly body: readonly Formula[];
  readonly span: Span;
}

/** .lp: `#external p(X) : q(X).` Belongs to clingo alone. */
export interface ExternalItem {
  readonly kind: "external";
  readonly atom: Atom;
  readonly body: readonly Formula[];
  readonly span: Span;
}

/** .lp: `#minimize { w@p,t : b }.`, `#maximize`, `:~ b. [w@p, t]`. Belongs to clingo alone. */
export interface OptimizeItem {
  readonly kind: "optimize";
  readonly form: "minimize" | "maximize" | "weak";
  readonly elements: readonly {
    readonly weight: Term;
    readonly priority: Term | null;
    readonly terms: readonly Term[];
    readonly condition: readonly Formula[];
  }[];
  readonly span: Span;
}

/** .lp: `%! @per relation(key, …)`: the program's search is judged for each value of the key apart. */
export interface PerItem {
  readonly kind: "per";
  readonly relation: string;
  readonly key: readonly string[];
  readonly span: Span;
}

export type Formula =
  | Atom
  | Negation
  | Conjunction
  | Disjunction
  | Comparison
  | TestLiteral
  | BooleanLiteral
  | AggregateLiteral
  | ConditionalLiteral;

export interface Atom {
  readonly kind: "atom";
  readonly relation: string;
  readonly args: readonly Term[];
  readonly span: Span;
}

/** `!f` (.dl), `not f` (.lp; `not not f` nests). */
export interface Negation {
  readonly kind: "not";
  readonly of: Formula;
  readonly span: Span;
}

export interface Conjunction {
  readonly kind: "and";
  readonly of: readonly Formula[];
  readonly span: Span;
}

/** .dl: `a ; b` in a body. */
export interface Disjunction {
  readonly kind: "or";
  readonly of: readonly Formula[];
  readonly span: Span;
}

export type ComparisonOp = "=" | "!=" | "<" | "<=" | ">" | ">=";

export interface Comparison {
  readonly kind: "compare";
  readonly op: ComparisonOp;
  readonly left: Term;
  readonly right: Term;
  readonly span: Span;
}

/** .dl: `match(pattern, text)`, `contains(needle, text)`. */
export interface TestLiteral {
  readonly kind: "test";
  readonly test: "match" | "contains";
  readonly args: readonly [Term, Term];
  readonly span: Span;
}

/** `true` / `false` (.dl), `#true` / `#false` (.lp). */
export interface BooleanLiteral {
  readonly kind: "boolean";
  readonly value: boolean;
  readonly span: Span;
}

/** .lp: `left { … } right` around `#count`, `#sum`, `#min`, `#max`. A guard reads `bound op aggregate` on the left, `aggregate op bound` on the right. */
export interface AggregateLiteral {
  readonly kind: "aggregate_literal";
  readonly op: "count" | "sum" | "sum+" | "min" | "max";
  readonly elements: readonly { readonly terms: readonly Term[]; readonly condition: readonly Formula[]; readonly span: Span }[];
  readonly left: Guard | null;
  readonly right: Guard | null;
  readonly span: Span;
}

export interface Guard {
  readonly op: ComparisonOp;
  readonly term: Term;
}

/** .lp: `a(X) : b(X)` in a body. Belongs to clingo alone. */
export interface ConditionalLiteral {
  readonly kind: "conditional";
  readonly literal: Formula;
  readonly condition: readonly Formula[];
  readonly span: Span;
}

export type Term =
  | Variable
  | Wildcard
  | IntegerTerm
  | UnsignedTerm
  | FloatTerm
  | StringTerm
  | ConstantTerm
  | FunctionTerm
  | OperationTerm
  | CallTerm
  | AggregateTerm
  | IntervalTerm
  | PoolTerm
  | RecordTerm
  | NilTerm
  | BranchTerm
  | CastTerm;

export interface Variable {
  readonly kind: "variable";
  readonly name: string;
  readonly span: Span;
}

export interface Wildcard {
  readonly kind: "wildcard";
  readonly span: Span;
}

/** An integer literal; `text` is as written (`0xff`, `0b101`, `42`). Any size: range is a type check. A leading minus is an operation in the source and folded here. */
export interface IntegerTerm {
  readonly kind: "integer";
  readonly value: bigint;
  readonly text: string;
  readonly span: Span;
}

/** .dl: `42u`. */
export interface UnsignedTerm {
  readonly kind: "unsigned";
  readonly value: bigint;
  readonly text: string;
  readonly span: Span;
}

/** .dl: `1.5`, `2e10`. `text` is as written. */
export interface FloatTerm {
  readonly kind: "float";
  readonly value: number;
  readonly text: string;
  readonly span: Span;
}

export interface StringTerm {
  readonly kind: "string";
  readonly value: string;
  readonly span: Span;
}

/** .lp: a lower-case constant `prod`, a `#const` name, `#inf`, `#sup`; .dl: a name defined by a const item. */
export interface ConstantTerm {
  readonly kind: "constant";
  readonly name: string;
  readonly span: Span;
}

/** .lp: `f(X, 1)`; a tuple `(a, b)` has the empty name, and an alternative of other than one argument in `p(a ; b, c)` the name `;`. */
export interface FunctionTerm {
  readonly kind: "function";
  readonly name: string;
  readonly args: readonly Term[];
  readonly span: Span;
}

/** The operators of both languages, under Soufflé's names; `-` with one operand is negation. .lp's `**` `&` `?` `^` `~` `\` read as `^` `band` `bor` `bxor` `bnot` `%`, `|x|` as `abs`. */
export type Operator =
  | "+"
  | "-"
  | "*"
  | "/"
  | "%"
  | "^"
  | "band"
  | "bor"
  | "bxor"
  | "bnot"
  | "bshl"
  | "bshr"
  | "bshru"
  | "land"
  | "lor"
  | "lnot"
  | "lxor"
  | "abs";

export interface OperationTerm {
  readonly kind: "operation";
  readonly op: Operator;
  readonly args: readonly Term[];
  readonly span: Span;
}

/** .dl: `count : { b }`, `sum x : { b }`; `target` is null for count. */
export interface AggregateTerm {
  readonly kind: "aggregate";
  readonly op: "count" | "sum" | "min" | "max" | "mean";
  readonly target: Term | null;
  readonly body: readonly Formula[];
  readonly span: Span;
}

/** .lp: `1..n`. */
export interface IntervalTerm {
  readonly kind: "interval";
  readonly from: Term;
  readonly to: Term;
  readonly span: Span;
}

/** .lp: `(1 ; 2)`, and the sole argument of `p(a ; b)`, where each alternative is a pool member. At least two members. */
export interface PoolTerm {
  readonly kind: "pool";
  readonly of: readonly Term[];
  readonly span: Span;
}
