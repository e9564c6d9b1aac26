import type { Span } from "../../schema/place.ts";
import type { Relation } from "../../schema/relation.ts";
import type { Value, ValueType } from "../../schema/value.ts";
import type { Severity } from "../../schema/verdict.ts";
import type { AnswerSetProgram } from "./answer_sets.ts";
import type { StructuredType } from "./dl/named_type.ts";

/**
 * The intermediate form: what both languages lower to and every engine accepts. Names are resolved, every variable has one
 * type, heads are single, disjunctions and pools are written out, function terms are flattened, constants are typed values.
 * INVARIANT: every rule is safe (each variable is bound by a positive literal), and the strata are in dependency order.
 */
export interface IrProgram {
  readonly relations: ReadonlyMap<string, Relation>;
  readonly rules: readonly IrRule[];
  readonly laws: readonly Law[];
  /** Derived relations, dependencies first. The relations of one stratum that is `recursive` depend on each other. */
  readonly strata: readonly Stratum[];
  /** Derived relations marked `.output` or `#show`, in order. */
  readonly outputs: readonly string[];
  /** The parts that clingo alone can judge. Each of their laws is in `laws` too, over a relation without rules. */
  readonly answerSets?: readonly AnswerSetProgram[];
  /** What relations keep of the tuples that their rules derive. An engine that cannot select must refuse the program. */
  readonly selections?: ReadonlyMap<string, Selection>;
  /** Records and algebraic data types by every name they have; an attribute whose `declared` is one holds such values, as text. */
  readonly structures?: ReadonlyMap<string, StructuredType>;
}

export interface Stratum {
  readonly relations: readonly string[];
  readonly recursive: boolean;
}

/**
 * Decided round by round of semi-naive evaluation and in ascending order of tuples, so that the answer is fixed. Order is what the
 * answer hangs on all the same: two programs with the same models may select different tuples.
 */
export interface Selection {
  /** Positions of each choice domain: the relation holds at most one tuple for every value of them, the least of the first round that has one. */
  readonly domains: readonly (readonly number[])[];
  /** Rules that derive the tuples which go, after every round. */
  readonly subsumptions: readonly IrRule[];
  /** The stratum ends with the round in which the relation reaches so many tuples. */
  readonly size: number | null;
}

/** A relation whose tuples are violations. */
export interface Law {
  readonly id: string;
  readonly severity: Severity;
  /** The message with `{attribute}` holes. */
  readonly message: string;
  /** The derived relation; its attributes are the witness. */
  readonly relation: string;
  readonly theory: string;
  readonly doc: string;
  readonly span: Span;
}

export interface IrRule {
  /** Unique in its program and stable under edits elsewhere: `<relation>#<n>`, n counting the relation's rules from 1. */
  readonly id: string;
  readonly head: { readonly relation: string; readonly args: readonly IrTerm[] };
  readonly body: readonly IrLiteral[];
  readonly span: Span;
}

export type IrTerm = IrVariable | IrConstant | IrOperation;

export interface IrVariable {
  readonly kind: "variable";
  readonly name: string;
  readonly type: ValueType;
}

export interface IrConstant {
  readonly kind: "constant";
  readonly value: Value;
  readonly type: ValueType;
}

/**
 * An operator or functor over operands of `of` type giving `type`. Integer operators are exact: overflow, division by
 * zero, a conversion out of range is an evaluation error, never a wrapped or silent value. Shifts move the
 * 64-bit pattern: the amount counts modulo 64, bits pushed out are dropped, as in Soufflé.
 * Structures are the text of JSON: `quote` writes a value as an element (a float as a string), `record` lists elements, `field`
 * (of a structure, a constant index) gives an element, `unquote` reads one back as a value of `type`. Where there is no such element
 * they have some value or none: every rule that takes a structure apart also asks that it is one of the right kind. None of them
 * fails but `record`, past `symbol_bytes`.
 */
export interface IrOperation {
  readonly kind: "operation";
  readonly op: IrOperator;
  readonly args: readonly IrTerm[];
  readonly type: ValueType;
  /** Under a declared compatibility only: the exact integer is wrapped to so many bits. */
  readonly wrap?: 32 | 64;
}

export type IrOperator =
  | "+"
  | "-"
  | "*"
  | "/"
  | "%"
  | "^"
  | "neg"
  | "abs"
  | "band"
  | "bor"
  | "bxor"
  | "bnot"
  | "bshl"
  | "bshr"
  | "bshru"
  | "land"
  | "lor"
  | "lxor"
  | "lnot"
  | "min"
  | "max"
  | "cat"
  | "strlen"
  | "substr"
  | "ord"
  | "to_number"
  | "to_unsigned"
  | "to_float"
  | "to_string"
  | "quote"
  | "record"
  | "field"
  | "unquote";

export type IrLiteral = IrAtom | IrComparison | IrTest | IrRange | IrAggregate;

/** `relation(args)` or its negation. A null argument is `_`: any value, bound nowhere. A negated atom binds nothing. */
export interface IrAtom {
  readonly kind: "atom";
  readonly relation: string;
  readonly args: readonly (IrTerm | null)[];
  readonly negated: boolean;
  readonly span: Span;
}

/** Both sides have one type. `=` between a variable that nothing else binds and a term binds it. Symbols compare by code point. */
export interface IrComparison {
  readonly kind: "compare";
  readonly op: "=" | "!=" | "<" | "<=" | ">" | ">=";
  readonly left: IrTerm;
  readonly right: IrTerm;
  readonly span: Span;
}

/** `match(pattern, text)`: the whole text matches the regular expression; `contains(needle, text)`. */
export interface IrTest {
  readonly kind: "test";
  readonly test: "match" | "contains";
  readonly left: IrTerm;
  readonly right: IrTerm;
  readonly negated: boolean;
  /** Under a declared compatibility only: where the pattern cannot be read, the literal fails, negated or not. */
  readonly lenient?: true;
  readonly span: Span;
}

/** `result` takes every value from `from` (included) towards `to` by `step`; `inclusive` tells whether `to` itself is one (.lp intervals) or not (Soufflé's range). Binds `result`. */
export interface IrRange {
  readonly kind: "range";
  readonly result: IrTerm;
  readonly from: IrTerm;
  readonly to: IrTerm;
  readonly step: IrTerm | null;
  readonly inclusive: boolean;
  readonly span: Span;
}

/**
 * `result = op { elements }`, binding `result`. Each element's body is evaluated with the variables in `outer` given from outside;
 * every other variable in it is local. The aggregate ranges over the *set* of distinct key tuples of all elements together (tuples of
 * different types are different), and its values are the first keys. `count` and `sum` of nothing are 0; `min`, `max` and `mean` of nothing do not hold.
 * Lowering gives keys for both dialects: for .dl the target and then every local variable (wildcards named); for .lp the tuple.
 * INVARIANT: variables in `outer` are bound by the rule's other literals.
 */
export interface IrAggregate {
  readonly kind: "aggregate";
  readonly op: "count" | "sum" | "min" | "max" | "mean";
  readonly result: IrTerm;
  /** The type of the aggregated values; `result` has it too, but for count (`number`, or `unsigned` where the context asks) and mean (`float`). */
  readonly type: ValueType;
  readonly elements: readonly { readonly keys: readonly IrTerm[]; readonly body: readonly IrLiteral[] }[];
  readonly outer: readonly string[];
  readonly span: Span;
}
