import type { IrLiteral, IrTerm } from "../../../language/ir.ts";
import { literalVariables } from "../../duckdb/existential.ts";
import type { EngineTables } from "./engine_tables.ts";
import { type Deadline, Enumeration } from "./enumeration.ts";

/**
 * Whether a body has an instance in which `terms` have given values. Literals that share no variable but given ones are looked at apart,
 * so that none is multiplied with what does not concern it.
 */
export class Existence {
  readonly #parts: readonly Enumeration[];

  constructor(tables: EngineTables, body: readonly IrLiteral[], terms: readonly IrTerm[]) {
    const given = new Set(terms.flatMap((term) => (term.kind === "variable" ? [term.name] : [])));
    const whole = terms.some((term) => term.kind === "operation") ? [body] : components(body, given);
    this.#parts = whole.map((part) => new Enumeration(tables, part, terms));
  }

  /** Errors: `EngineLimit`. */
  holds(key: readonly number[], deadline: Deadline): boolean {
    return this.#parts.every((part) => {
      let found = false;
      part.each(key, deadline, () => {
        found = true;
        return true;
      });
      return found;
    });
  }
}

/** Literals that hang together by variables other than the given ones, smallest parts first. */
function components(body: readonly IrLiteral[], given: ReadonlySet<string>): IrLiteral[][] {
  const parts: { variables: Set<string>; literals: IrLiteral[] }[] = [];
  for (const literal of body) {
    const own = new Set([...literalVariables(literal)].filter((name) => !given.has(name)));
    const touched = parts.filter(({ variables }) => [...own].some((name) => variables.has(name)));
    for (const part of touched) parts.splice(parts.indexOf(part), 1);
    parts.push({
      variables: new Set([...own, ...touched.flatMap(({ variables }) => [...variables])]),
      literals: [...touched.flatMap(({ literals }) => literals), literal],
    });
  }
  return parts.map(({ literals }) => literals).sort((a, b) => a.length - b.length);
}
