import type { Relation } from "../../../schema/relation.ts";
import type { Row } from "../../../schema/value.ts";
import type { ClingoMessage } from "./clingo.ts";
import { factText } from "./fact_text.ts";
import { NotForClingo } from "./not_for_clingo.ts";
import type { PrintContext } from "./print_rule.ts";

/** What a statement came of, for messages: `rule.lp:12`. */
export type Origin = string | null;

/** A program as it is put together, a statement a line. */
export class ProgramText {
  readonly #lines: string[] = [];
  readonly #origins: Origin[] = [];

  add(statement: string, origin: Origin = null): void {
    this.#lines.push(statement);
    this.#origins.push(origin);
  }

  /** Facts of one relation, which is declared too, so that it may be empty. */
  facts(context: PrintContext, relation: Relation, rows: readonly Row[]): void {
    this.declare(context, relation);
    for (const row of rows) this.add(factOf(context, relation.name, row));
  }

  /** Says that a relation without rules or facts is meant to be empty. */
  declare(context: PrintContext, { name, attributes }: Relation): void {
    this.add(`#defined ${context.names.predicate(name)}/${attributes.length}.`);
  }

  get text(): string {
    return `${this.#lines.join("\n")}\n`;
  }

  /** What clingo's remarks come to: the first of them, at the place of the rule it is about. */
  refusal(messages: readonly ClingoMessage[]): NotForClingo {
    const [first] = messages;
    const origin = first?.line === null || first === undefined ? null : this.#origins[first.line - 1];
    const more = messages.length > 1 ? ` (and ${messages.length - 1} more)` : "";
    return new NotForClingo("remark", null, `clingo remarks${origin ? ` on ${origin}` : ""}: ${first?.text ?? "nothing"}${more}`);
  }
}

export function factOf(context: PrintContext, relation: string, row: Row): string {
  return factText(context.names.predicate(relation), row, (value, column) => context.carriage.columnText(relation, value, column));
}
