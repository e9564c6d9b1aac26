import type { ValueType } from "../../../schema/value.ts";
import type { IrAggregate } from "../../language/ir.ts";
import { isFallibleOperation, type Literal, type Operand, type RuleForm } from "./rule_form.ts";

/** A relation to be maintained: one of the program's, or an auxiliary one that serves an aggregate. */
export interface RelationNode {
  readonly id: number;
  /** The program's relation; of an auxiliary one that whose rule needs it. */
  readonly owner: string;
  /** Whether the program knows it by `owner`. */
  readonly named: boolean;
  readonly types: readonly ValueType[];
  readonly role: "base" | "counted" | "recursive";
  /** Relations of one recursion have the same number; null where there is none. */
  readonly recursion: number | null;
  /** Positions that identify a tuple, or null where only all of them do. */
  readonly key: readonly number[] | null;
}

/** An aggregate, by group: a group is one tuple of outer values. */
export interface GroupNode {
  readonly id: number;
  readonly owner: string;
  readonly op: IrAggregate["op"];
  readonly outer: readonly ValueType[];
  /** The type of the values; meaningless for a count. */
  readonly type: ValueType;
  readonly elements: readonly RuleForm[];
  /** Computed where it is asked for, because its outer values come out of the recursion that asks. */
  readonly inline: boolean;
  /** Whether instances of the elements may repeat a key, so that only scans that tell keys apart are right. */
  readonly repeats: boolean;
  readonly fallible: boolean;
}

export interface HeadRule {
  readonly relation: number;
  readonly form: RuleForm;
  /** What an instance that fails does: it makes the answer undecided, is another rule's to tell of, or fails its group. */
  readonly failure: "undecided" | "ignored" | { readonly group: number };
}

export interface Network {
  readonly relations: readonly RelationNode[];
  readonly groups: readonly GroupNode[];
  readonly rules: readonly HeadRule[];
}

/** Whether an instance of the rule may fail. */
export function mayFail(form: RuleForm): boolean {
  const fails = (operand: Operand): boolean =>
    operand.kind === "operation" && (isFallibleOperation(operand.operation) || operand.args.some(fails));
  return (
    form.variables.some((variable) => variable.fallible) ||
    form.head.some(fails) ||
    form.literals.some((literal) => {
      if (literal.kind === "test") return literal.test === "match" || fails(literal.left) || fails(literal.right);
      return literal.kind === "compare" && (fails(literal.left) || fails(literal.right));
    })
  );
}

/** The relations whose tuples a rule reads, and the groups. */
export function readsOf(literals: readonly Literal[]): { relations: number[]; groups: number[] } {
  const relations: number[] = [];
  const groups: number[] = [];
  for (const literal of literals) {
    if (literal.kind === "atom" || literal.kind === "size") relations.push(literal.relation);
    else if (literal.kind === "group") groups.push(literal.group);
  }
  return { relations, groups };
}
