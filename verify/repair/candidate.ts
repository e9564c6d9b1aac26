import type { ProposedDelta, ProposedRow, ProposedValue } from "../../schema/delta.ts";
import { rowText } from "../../schema/delta_id.ts";
import type { Attribute, Relation } from "../../schema/relation.ts";
import type { Row, Value, ValueType } from "../../schema/value.ts";
import type { TypedRows } from "../checks/types.ts";
import type { Action } from "./action.ts";

/** A sound delta by side, relation and row, so that changes can be made to it. */
export class Candidate {
  readonly #proposed: ProposedDelta;
  readonly #sides: Readonly<Record<"assert" | "retract", ReadonlyMap<string, ReadonlyMap<string, Row>>>>;

  constructor(proposed: ProposedDelta, typed: readonly TypedRows[]) {
    this.#proposed = proposed;
    const side = (name: "assert" | "retract") => {
      const byRelation = new Map<string, Map<string, Row>>();
      for (const { relation, rows } of typed.filter((one) => one.side === name)) {
        const own = byRelation.get(relation.name) ?? new Map<string, Row>();
        for (const { row } of rows) own.set(rowText(row), row);
        byRelation.set(relation.name, own);
      }
      return byRelation;
    };
    this.#sides = { assert: side("assert"), retract: side("retract") };
  }

  has(side: "assert" | "retract", relation: string, row: Row): boolean {
    return this.#sides[side].get(relation)?.has(rowText(row)) ?? false;
  }

  /** Facts of one side that match a pattern, in which null stands for any value. */
  matching(side: "assert" | "retract", relation: string, pattern: readonly (Value | null)[]): Row[] {
    const rows = [...(this.#sides[side].get(relation)?.values() ?? [])];
    return rows.filter((row) => pattern.every((value, at) => value === null || value === row[at]));
  }

  /** The proposal after some changes, holes filled; null where nothing of it is left. */
  after(actions: readonly Action[], relations: ReadonlyMap<string, Relation>): ProposedDelta | null {
    const gone = new Set(actions.filter(({ change }) => change === "drop" || change === "keep").map((one) => one.id));
    const side = (name: "assert" | "retract", taken: "drop" | "keep"): Map<string, ProposedRow[]> => {
      const left = new Map<string, ProposedRow[]>();
      for (const [relation, rows] of this.#sides[name]) {
        const dropped = new Set(
          actions
            .filter((one) => one.change === taken && one.relation === relation && gone.has(one.id))
            .map((one) => rowText(one.row as Row)),
        );
        left.set(
          relation,
          [...rows].filter(([text]) => !dropped.has(text)).map(([, row]) => [...row] as ProposedValue[]),
        );
      }
      for (const { change, relation, row, copy } of actions) {
        if (change === name)
          left.set(relation, [...(left.get(relation) ?? []), filled(row, relations.get(relation)?.attributes ?? [], copy)]);
      }
      return new Map([...left].filter(([, rows]) => rows.length > 0));
    };
    const [assert, retract] = [side("assert", "drop"), side("retract", "keep")];
    if (assert.size === 0 && retract.size === 0) return null;
    return { ...this.#proposed, key: null, assert, retract, places: new Map() };
  }
}

/** A row with a value of no meaning in each hole, another one in each copy. */
export function filled(row: readonly (Value | null)[], attributes: readonly Attribute[], copy: number): Value[] {
  return row.map((value, at) => value ?? sample(attributes[at]?.type ?? "symbol", copy));
}

function sample(type: ValueType, copy: number): Value {
  switch (type) {
    case "symbol":
      return copy === 0 ? "?" : `?${copy}`;
    case "number":
    case "unsigned":
      return BigInt(copy);
    case "float":
      return copy;
  }
}
