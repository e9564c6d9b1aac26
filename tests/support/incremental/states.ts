import type { Fact } from "../../../schema/fact.ts";
import type { Row } from "../../../schema/value.ts";
import type { Facts } from "../duckdb_facts.ts";
import { rowKey } from "../naive_eval.ts";
import type { Step } from "./delta_case.ts";

/** A set of facts, by relation and key of the row. Never changed once made. */
export type State = ReadonlyMap<string, ReadonlyMap<string, Row>>;

export function stateOf(facts: Facts): State {
  return new Map(Object.entries(facts).map(([name, rows]) => [name, new Map(rows.map((row) => [rowKey(row), row]))]));
}

export function factsOf(state: State): Record<string, Row[]> {
  return Object.fromEntries([...state].map(([name, rows]) => [name, [...rows.values()]]));
}

/** The state behind a delta: what it retracts is gone, what it asserts is there. The same object where that changes nothing. */
export function after(state: State, step: Pick<Step, "assert" | "retract">): State {
  const has = ({ relation, row }: Fact): boolean => state.get(relation)?.has(rowKey(row)) === true;
  if (step.assert.every(has) && !step.retract.some(has)) return state;
  const next = new Map(state);
  const touched = new Map<string, Map<string, Row>>();
  const own = (name: string): Map<string, Row> => {
    const rows = touched.get(name) ?? new Map(state.get(name) ?? []);
    touched.set(name, rows);
    next.set(name, rows);
    return rows;
  };
  for (const { relation, row } of step.retract) own(relation).delete(rowKey(row));
  for (const { relation, row } of step.assert) own(relation).set(rowKey(row), row);
  return next;
}

/** The facts of `to` that `from` has not, in no order that means anything. */
export function difference(from: State, to: State): Fact[] {
  return [...to].flatMap(([relation, rows]) =>
    [...rows].flatMap(([key, row]) => (from.get(relation)?.has(key) === true ? [] : [{ relation, row }])),
  );
}
