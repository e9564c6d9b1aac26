import type { Value } from "../../../../schema/value.ts";
import { bindableLiterals } from "../../../explain/attempts.ts";
import type { IrLiteral, IrRule, IrTerm, IrVariable } from "../../../language/ir.ts";
import { LEAST_CELL } from "../operators/failure.ts";
import type { EngineTables } from "./engine_tables.ts";
import { Deadline } from "./enumeration.ts";
import { LeastSearch } from "./least_search.ts";

/** Finds instances of some literals of a rule over the tables of an engine, as why-not does: see `FindBindings`. */
export class EngineBindings {
  readonly #tables: EngineTables;
  readonly #deadline: Deadline;

  constructor(tables: EngineTables) {
    this.#tables = tables;
    this.#deadline = new Deadline(tables);
  }

  /** Errors: `EngineLimit`. */
  find(rule: IrRule, literals: readonly IrLiteral[]): ReadonlyMap<string, Value> | "unbound" | "unmet" {
    return this.#least(literals) ?? this.#least(bindableLiterals(rule, literals)) ?? "unbound";
  }

  /** The least instance, its variables compared in the order in which the literals bind them; null where they do not bind them all. */
  #least(literals: readonly IrLiteral[]): ReadonlyMap<string, Value> | "unmet" | null {
    const variables = boundVariables(literals);
    const search = new LeastSearch(this.#tables, literals, [], variables);
    if (!search.isSafe) return null;
    const cells = search.find([], this.#deadline);
    if (cells === null) return "unmet";
    const { pools } = this.#tables.runtime;
    return new Map(
      variables.flatMap(({ name, type }, at) => {
        const cell = cells[at] as number;
        return cell < LEAST_CELL ? [] : [[name, pools.decode(cell, type)] as const];
      }),
    );
  }
}

/** Variables that literals bind: those of positive atoms first, then those of comparisons, ranges and aggregates. */
function boundVariables(literals: readonly IrLiteral[]): IrVariable[] {
  const found = new Map<string, IrVariable>();
  const note = (term: IrTerm | null): void => {
    if (term?.kind === "variable" && !found.has(term.name)) found.set(term.name, term);
  };
  for (const literal of literals) if (literal.kind === "atom" && !literal.negated) literal.args.forEach(note);
  for (const kind of ["compare", "range", "aggregate"] as const) {
    for (const literal of literals) {
      if (literal.kind !== kind) continue;
      if (literal.kind === "compare" && literal.op === "=") [literal.left, literal.right].forEach(note);
      else if (literal.kind !== "compare") note(literal.result);
    }
  }
  return [...found.values()];
}
