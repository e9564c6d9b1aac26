import type { Plan, Step } from "./plan.ts";
import { type AtomLiteral, operandVariables, type RuleForm, readVariables } from "./rule_form.ts";

/** What rows of an entry that follow one another share: cells in these columns, and all that the first steps of the plan find. */
export interface EntryRuns {
  readonly columns: readonly number[];
  readonly steps: number;
}

/**
 * The longest beginning of a plan that some column of its entry has no part in. Consequences of one tuple often follow one another
 * and differ in that column alone, so what such steps find need be found once for all of them. Null where the first step reads all.
 */
export function entryRuns(form: RuleForm, plan: Plan): EntryRuns | null {
  const literal = plan.entry.kind === "atom" ? form.literals[plan.entry.literal] : undefined;
  if (literal?.kind !== "atom") return null;
  const read = new Set<number>();
  let runs: EntryRuns | null = null;
  for (const [at, step] of plan.steps.entries()) {
    for (const variable of stepVariables(form, step)) read.add(variable);
    const columns = sharedColumns(literal, read);
    if (columns.length === literal.args.filter((arg) => arg?.kind === "variable").length) break;
    runs = { columns, steps: at + 1 };
  }
  return runs;
}

function sharedColumns(literal: AtomLiteral, read: ReadonlySet<number>): number[] {
  return literal.args.flatMap((arg, column) => (arg?.kind === "variable" && read.has(arg.id) ? [column] : []));
}

function stepVariables(form: RuleForm, step: Step): number[] {
  switch (step.kind) {
    case "judge":
    case "exists":
      return readVariables(step.literal);
    case "scan":
      return [...readVariables(step.literal), ...step.keys.flatMap(({ operand }) => operandVariables(operand))];
    case "headCheck":
      return form.head.flatMap((operand, column) => (column === step.column ? operandVariables(operand) : []));
  }
}
