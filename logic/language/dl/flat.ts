import type { Span } from "../../../schema/place.ts";
import type { FloatTerm, IntegerTerm, StringTerm, UnsignedTerm, Variable } from "../ast.ts";
import type { NilTerm } from "../ast_dl.ts";
import type { IrComparison, IrOperator } from "../ir.ts";
import type { NamedType } from "./named_type.ts";

/**
 * One rule between the abstract syntax and the intermediate form: one head, no disjunctions, constants put in, aggregates and
 * ranges in literals of their own, negation only on atoms and tests. Not yet typed.
 */
export interface FlatRule {
  readonly head: FlatAtom;
  readonly body: readonly FlatLiteral[];
  readonly span: Span;
}

export type FlatTerm =
  | Variable
  | IntegerTerm
  | UnsignedTerm
  | FloatTerm
  | StringTerm
  | NilTerm
  | FlatOperation
  | FlatRecord
  | FlatField
  | FlatCast;

/** A record, or a value of an algebraic data type where `branch` is not null, made of its fields. */
export interface FlatRecord {
  readonly kind: "record";
  readonly branch: string | null;
  readonly args: readonly FlatTerm[];
  readonly span: Span;
}

/** One field of a structure that has `arity` of them in that branch; where the structure is of another branch, or `nil`, the zero of the field's type. Null: the branch's name. */
export interface FlatField {
  readonly kind: "field";
  readonly of: Variable;
  readonly branch: string | null;
  readonly field: number | null;
  readonly arity: number;
  readonly span: Span;
}

/** The same value under another named type of its primitive. */
export interface FlatCast {
  readonly kind: "cast";
  readonly of: FlatTerm;
  readonly type: NamedType;
  readonly span: Span;
}

export interface FlatOperation {
  readonly kind: "apply";
  readonly op: IrOperator;
  readonly args: readonly FlatTerm[];
  readonly span: Span;
}

export type FlatLiteral = FlatAtom | FlatComparison | FlatTest | FlatRange | FlatAggregate;

/** A null argument is `_`. */
export interface FlatAtom {
  readonly kind: "atom";
  readonly relation: string;
  readonly args: readonly (FlatTerm | null)[];
  readonly negated: boolean;
  readonly span: Span;
}

export interface FlatComparison {
  readonly kind: "compare";
  readonly op: IrComparison["op"];
  readonly left: FlatTerm;
  readonly right: FlatTerm;
  readonly span: Span;
}

export interface FlatTest {
  readonly kind: "test";
  readonly test: "match" | "contains";
  readonly left: FlatTerm;
  readonly right: FlatTerm;
  readonly negated: boolean;
  readonly span: Span;
}

export interface FlatRange {
  readonly kind: "range";
  readonly result: Variable;
  readonly from: FlatTerm;
  readonly to: FlatTerm;
  readonly step: FlatTerm | null;
  readonly span: Span;
}

export interface FlatAggregate {
  readonly kind: "aggregate";
  readonly op: "count" | "sum" | "min" | "max" | "mean";
  readonly result: Variable;
  readonly target: FlatTerm | null;
  readonly body: readonly FlatLiteral[];
  /** Variables given from outside, in order of appearance. Empty until `resolveScopes` has run. */
  readonly outer: readonly string[];
  readonly span: Span;
}

/** The variables of a term, in order of appearance. */
export function* termVariables(term: FlatTerm): Generator<Variable> {
  if (term.kind === "variable") yield term;
  else if (term.kind === "apply" || term.kind === "record") for (const arg of term.args) yield* termVariables(arg);
  else if (term.kind === "field" || term.kind === "cast") yield* termVariables(term.of);
}

/** The terms of a literal at its own level: an aggregate's are its result alone. */
export function literalTerms(literal: FlatLiteral): readonly FlatTerm[] {
  switch (literal.kind) {
    case "atom":
      return literal.args.filter((arg) => arg !== null);
    case "compare":
    case "test":
      return [literal.left, literal.right];
    case "range":
      return literal.step === null ? [literal.result, literal.from, literal.to] : [literal.result, literal.from, literal.to, literal.step];
    case "aggregate":
      return [literal.result];
  }
}

/** The variables of a literal at its own level, in order of appearance. */
export function* literalVariables(literal: FlatLiteral): Generator<Variable> {
  for (const term of literalTerms(literal)) yield* termVariables(term);
}

/** Every variable inside an aggregate's braces and target, at any depth. */
export function* innerVariables(aggregate: FlatAggregate): Generator<Variable> {
  if (aggregate.target !== null) yield* termVariables(aggregate.target);
  for (const literal of aggregate.body) {
    yield* literalVariables(literal);
    if (literal.kind === "aggregate") yield* innerVariables(literal);
  }
}

/** Every variable of a rule, at any depth. */
export function* ruleVariables(rule: FlatRule): Generator<Variable> {
  for (const literal of [rule.head, ...rule.body]) {
    yield* literalVariables(literal);
    if (literal.kind === "aggregate") yield* innerVariables(literal);
  }
}
