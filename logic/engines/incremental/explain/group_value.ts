import { outerTerms } from "../../../explain/shown_terms.ts";
import type { IrAggregate, IrTerm, IrVariable } from "../../../language/ir.ts";
import { foldValues, NO_VALUE } from "../group_fold.ts";
import { LEAST_CELL } from "../operators/failure.ts";
import { compileTerm, type Variables } from "./body_terms.ts";
import type { EngineTables } from "./engine_tables.ts";
import { type Deadline, Enumeration } from "./enumeration.ts";

/** The value of an aggregate for the cells of its rule's variables: null where it has none, a failure where a key fails. */
export type GroupValue = (cells: Int32Array, deadline: Deadline) => number | null;

/** Computes the aggregate from the members of its group each time it is asked. */
export function groupValue(tables: EngineTables, variables: Variables, literal: IrAggregate): GroupValue {
  const elements = literal.elements.map(({ keys, body }) => {
    const outer = outerVariables(literal, keys, body);
    const enumeration = new Enumeration(tables, body, outer);
    const ids = outer.map((term) => variables.id(term.name));
    return { enumeration, ids, keys: keys.map((key) => compileTerm(tables.runtime, enumeration.variables, key)) };
  });
  const outer = [...new Set(elements.flatMap(({ ids }) => ids))];
  const known = new Map<string, number | null>();
  let knownBy: Deadline | null = null;
  const compute: GroupValue = (cells, deadline) => {
    const members = new Map<string, number>();
    let failed: number | null = null;
    for (const { enumeration, ids, keys } of elements) {
      const given = ids.map((id) => cells[id] as number);
      enumeration.each(given, deadline, () => {
        const key = keys.map((value) => value(enumeration.cells));
        failed = key.find((cell) => cell < LEAST_CELL) ?? failed;
        members.set(key.join(), key[0] ?? 0);
        return failed !== null;
      });
      if (failed !== null) return failed;
    }
    const value = foldValues(literal, tables.runtime.pools, [...members.values()]);
    return value === NO_VALUE ? null : value;
  };
  return (cells, deadline) => {
    // One explanation sees one state, in which a group has one value.
    if (knownBy !== deadline) known.clear();
    knownBy = deadline;
    const key = outer.map((id) => cells[id]).join();
    const found = known.get(key);
    if (found !== undefined) return found;
    const value = compute(cells, deadline);
    known.set(key, value);
    return value;
  };
}

/** The outer variables that an element mentions, as terms. */
function outerVariables(literal: IrAggregate, keys: readonly IrTerm[], body: IrAggregate["elements"][number]["body"]): IrVariable[] {
  const inKeys = keys.map((key) => ({ kind: "compare", op: "=", left: key, right: key, span: literal.span }) as const);
  return outerTerms(literal.outer, [...body, ...inKeys]).flatMap((term) => (term.kind === "variable" ? [term] : []));
}
