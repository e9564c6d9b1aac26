import { definedVariable, type KeyOperand, type Literal, type Operand, operandVariables, readVariables } from "./rule_form.ts";

/** The literals with columns of positive atoms that nothing else reads made wildcards. */
export function withWildcards(literals: readonly Literal[], head: readonly Operand[]): Literal[] {
  const uses = new Map<number, number>();
  const use = (id: number): void => {
    uses.set(id, (uses.get(id) ?? 0) + 1);
  };
  for (const operand of head) operandVariables(operand).forEach(use);
  for (const literal of literals) {
    readVariables(literal).forEach(use);
    const defined = definedVariable(literal);
    if (defined !== null) use(defined);
  }
  const isRead = (arg: KeyOperand | null): boolean => arg !== null && (arg.kind === "constant" || (uses.get(arg.id) ?? 0) > 1);
  return literals.map((literal) => {
    if (literal.kind !== "atom" || literal.negated) return literal;
    return { ...literal, args: literal.args.map((arg) => (isRead(arg) ? arg : null)) };
  });
}
