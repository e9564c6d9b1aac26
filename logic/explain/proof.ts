import type { Place } from "../../schema/place.ts";
import type { Value } from "../../schema/value.ts";

/**
 * Why a fact holds, as a tree down to base facts.
 * `base`: a fact of a base relation; `derived`: a rule's head, its premises the rule's body in order; `absent`: no fact matches
 * `row`, where null stands for any value; `aggregate`: a value over the members in `premises`; `condition`: a comparison,
 * test or range, in `text`; `instance`: one member of an aggregate that needs more than one fact.
 */
export interface Proof {
  readonly kind: "base" | "derived" | "absent" | "aggregate" | "condition" | "instance";
  readonly relation: string | null;
  readonly row: readonly (Value | null)[] | null;
  readonly rule: ProofRule | null;
  /** What the node says where relation and row do not: `3 < 5`, `count = 2`. */
  readonly text: string | null;
  readonly premises: readonly Proof[];
  /** Where the fact came from; filled in by whoever knows places. */
  readonly place?: Place | null;
  /** How many members an aggregate has, listed or not. */
  readonly members?: number;
  /** Something below is left out because a bound of explanation was reached. */
  readonly cut?: true;
}

export interface ProofRule {
  readonly id: string;
  readonly file: string;
  readonly line: number;
}

/** Why a fact does not hold: for every rule that could derive it, how near the rule comes. */
export interface WhyNot {
  readonly relation: string;
  /** The fact asked for; null stands for any value. */
  readonly row: readonly (Value | null)[];
  readonly role: "base" | "derived";
  /** The nearest attempt first. Empty for a base relation: nobody asserted the fact. */
  readonly attempts: readonly Attempt[];
  /** True where deeper reasons or further rules are left out because a bound of explanation was reached. */
  readonly cut?: true;
}

/** One rule's best try. */
export interface Attempt {
  readonly rule: ProofRule;
  /** The values that the premises which do hold give to the rule's variables. */
  readonly bindings: { readonly [variable: string]: Value };
  readonly missing: readonly Missing[];
}

/**
 * A premise that stands in the way. `absent`: a fact that would be needed; `present`: a fact that must not be there; `condition`:
 * a comparison, test, range or aggregate that is not met; `head`: the rule cannot give this row; `unknown`: it depends on
 * variables that only the other missing premises would bind.
 */
export interface Missing {
  readonly kind: "absent" | "present" | "condition" | "head" | "unknown";
  readonly relation: string | null;
  readonly row: readonly (Value | null)[] | null;
  readonly text: string | null;
  /** For an absent derived fact, why it does not hold. */
  readonly why: WhyNot | null;
}
