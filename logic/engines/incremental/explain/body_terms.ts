import type { IrTerm } from "../../../language/ir.ts";
import { operatorOf } from "../operators/operator_of.ts";
import type { Runtime } from "../operators/runtime.ts";

/** Computes a term from the cells of the variables; the result may be a failure. */
export type Evaluate = (cells: Int32Array) => number;

/** Numbers the variables of a body; more are made for what has no name. */
export class Variables {
  readonly #ids = new Map<string, number>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  id(name: string): number {
    let id = this.#ids.get(name);
    if (id === undefined) {
      id = this.#count++;
      this.#ids.set(name, id);
    }
    return id;
  }

  unnamed(): number {
    return this.#count++;
  }
}

export function compileTerm(runtime: Runtime, variables: Variables, term: IrTerm): Evaluate {
  switch (term.kind) {
    case "constant": {
      const cell = runtime.pools.encode(term.value, term.type);
      return () => cell;
    }
    case "variable": {
      const id = variables.id(term.name);
      return (cells) => cells[id] as number;
    }
    case "operation": {
      const operator = operatorOf(term);
      const args = term.args.map((argument) => compileTerm(runtime, variables, argument));
      return (cells) => operator(runtime, ...args.map((argument) => argument(cells)));
    }
  }
}

/** Whether every variable of a term is among `bound`. */
export function isBound(term: IrTerm, bound: ReadonlySet<string>): boolean {
  if (term.kind === "variable") return bound.has(term.name);
  return term.kind === "constant" || term.args.every((argument) => isBound(argument, bound));
}
