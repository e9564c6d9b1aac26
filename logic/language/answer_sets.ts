import type { Relation } from "../../schema/relation.ts";
import type { IrRule } from "./ir.ts";

/**
 * A part of a program whose meaning is its answer sets: it has choices, disjunctions, externals or negation in a cycle. clingo alone
 * judges it. Its laws ask whether there is an answer set at all: those that cannot all be met together are broken.
 * INVARIANT: no relation outside depends on one of `relations`; parts of one program share no relation but inputs.
 */
export interface AnswerSetProgram {
  readonly theory: string;
  /** What its facts are cut into before it is judged, piece by piece; null where they are judged as a whole. */
  readonly per: PerKey | null;
  /** Its own relations, by name. They hold nothing outside of clingo. */
  readonly relations: ReadonlyMap<string, Relation>;
  /** Plain rules of its own relations. */
  readonly rules: readonly IrRule[];
  readonly searches: readonly Search[];
  readonly optimisations: readonly Optimisation[];
  /** In the order of the program; each has a law in the program around it. */
  readonly demands: readonly Demand[];
  /** Relations of the program around it that its rules read, sorted. */
  readonly inputs: readonly string[];
  /** Own relations that `#show` names. */
  readonly outputs: readonly string[];
}

/** `%! @per relation(key)`: there is one slice for each value of the key in the relation. */
export interface PerKey {
  readonly relation: string;
  readonly key: readonly string[];
}

/**
 * What clingo may choose. `rule` has one positive atom as its body, with the same variables as its head. `choice`: whether the head
 * holds wherever the body does; `disjunct`: one of the heads of the rules with this `group`, whose body is the same;
 * `external`: the head holds only if something else says so.
 */
export interface Search {
  readonly kind: "choice" | "disjunct" | "external";
  readonly group: string;
  readonly rule: IrRule;
}

/** The own relation `relation` holds weight, priority and tuple of what is to be small (or large). */
export interface Optimisation {
  readonly relation: string;
  readonly goal: "minimise" | "maximise";
}

/** One thing that an answer set must meet: no tuple of `forbids`, or the rules named by id and the disjunctions named by group hold. */
export interface Demand {
  readonly law: string;
  readonly forbids: string | null;
  readonly rules: readonly string[];
}
