import type { ValueType } from "../../../schema/value.ts";
import type { IrComparison, IrOperation, IrTest } from "../../language/ir.ts";

/**
 * A rule as the engine plans it: variables are numbers, constants cells, atoms hold nothing but variables, constants and
 * wildcards, and every other variable has exactly one literal that gives it its value. That choice follows the order of the rule
 * alone, so it is the same in every plan of the rule.
 */
export interface RuleForm {
  /** The relation that a failure or a bound is reported for. */
  readonly owner: string;
  readonly variables: readonly Variable[];
  readonly literals: readonly Literal[];
  /** What an instance gives: the columns of the head, or the outer values and then the first key of an aggregate's element. */
  readonly head: readonly Operand[];
}

export interface Variable {
  readonly type: ValueType;
  /** Whether a positive atom binds it, so that it always has a value. */
  readonly fromAtom: boolean;
  /** Whether it may hold a failure instead of a value (`operators/failure.ts`). */
  readonly fallible: boolean;
}

export type Operand = VariableOperand | ConstantOperand | OperationOperand;

export interface VariableOperand {
  readonly kind: "variable";
  readonly id: number;
  readonly type: ValueType;
}

export interface ConstantOperand {
  readonly kind: "constant";
  readonly cell: number;
  readonly type: ValueType;
}

export interface OperationOperand {
  readonly kind: "operation";
  readonly operation: IrOperation;
  readonly args: readonly Operand[];
  readonly type: ValueType;
}

export type KeyOperand = VariableOperand | ConstantOperand;

export type Literal = AtomLiteral | DefineLiteral | CompareLiteral | TestLiteral | RangeLiteral | GroupLiteral | SizeLiteral;

/**
 * A tuple that is there, or (`negated`) is not. Columns that nothing reads are null: the literal then stands for the tuple's
 * projection on the others, and holds once however many tuples share it.
 */
export interface AtomLiteral {
  readonly kind: "atom";
  readonly relation: number;
  readonly args: readonly (KeyOperand | null)[];
  readonly negated: boolean;
}

export interface DefineLiteral {
  readonly kind: "define";
  readonly variable: number;
  readonly term: Operand;
}

export interface CompareLiteral {
  readonly kind: "compare";
  readonly op: IrComparison["op"];
  readonly left: Operand;
  readonly right: Operand;
}

export interface TestLiteral {
  readonly kind: "test";
  readonly test: IrTest["test"];
  readonly left: Operand;
  readonly right: Operand;
  readonly negated: boolean;
}

export interface RangeLiteral {
  readonly kind: "range";
  readonly variable: number;
  readonly from: Operand;
  readonly to: Operand;
  readonly step: Operand | null;
  readonly type: ValueType;
  readonly inclusive: boolean;
}

/** The value of an aggregate for the outer values `key`; false where it has none. */
export interface GroupLiteral {
  readonly kind: "group";
  readonly group: number;
  readonly key: readonly VariableOperand[];
  readonly variable: number;
}

/** How many tuples have `key` in `columns`: a count that an index answers. */
export interface SizeLiteral {
  readonly kind: "size";
  readonly relation: number;
  readonly columns: readonly number[];
  readonly key: readonly KeyOperand[];
  readonly variable: number;
}

const TOTAL = new Set<string>("band bor bxor bnot bshl bshr bshru land lor lxor lnot min max strlen substr ord".split(" "));

/** Whether evaluating an operation can fail, its operands having values. */
export function isFallibleOperation({ op, type, args }: IrOperation): boolean {
  if (TOTAL.has(op)) return false;
  const from = args[0]?.type ?? type;
  if (op === "to_float") return from === "symbol";
  if (op === "to_string") return from === "float";
  if (op === "to_number" || op === "to_unsigned") return from !== type;
  if (type === "float") return op !== "neg" && op !== "abs";
  return !(op === "abs" && type === "unsigned");
}

export function operandVariables(operand: Operand): number[] {
  if (operand.kind === "variable") return [operand.id];
  return operand.kind === "constant" ? [] : operand.args.flatMap(operandVariables);
}

/** The variables that must have a value before a literal is judged: of an atom none, of a negated one all. */
export function readVariables(literal: Literal): number[] {
  switch (literal.kind) {
    case "atom":
      return literal.args.flatMap((arg) => (arg === null ? [] : operandVariables(arg)));
    case "define":
      return operandVariables(literal.term);
    case "compare":
    case "test":
      return [...operandVariables(literal.left), ...operandVariables(literal.right)];
    case "range":
      return [literal.from, literal.to, ...(literal.step === null ? [] : [literal.step])].flatMap(operandVariables);
    case "group":
    case "size":
      return literal.key.flatMap(operandVariables);
  }
}

/** The variable that a literal alone gives its value, or null. */
export function definedVariable(literal: Literal): number | null {
  return literal.kind === "define" || literal.kind === "range" || literal.kind === "group" || literal.kind === "size"
    ? literal.variable
    : null;
}
