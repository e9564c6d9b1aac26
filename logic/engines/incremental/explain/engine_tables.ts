import type { Clock } from "../../../../schema/clock.ts";
import type { Limits } from "../../../../schema/limits.ts";
import type { Relation } from "../../../../schema/relation.ts";
import type { IrProgram } from "../../../language/ir.ts";
import type { Runtime } from "../operators/runtime.ts";
import type { Table } from "../table.ts";

/** What explanation reads of an engine: its present state, an open delta included. */
export interface EngineTables {
  readonly program: IrProgram;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly runtime: Runtime;
  /** Null where the engine does not maintain the relation. */
  table(relation: string): Table | null;
}

/** The table of a relation that is maintained. */
export function tableOf(tables: EngineTables, relation: string): Table {
  const table = tables.table(relation);
  if (table === null) throw new Error(`relation ${relation} is not maintained`);
  return table;
}

/** A relation of the program. */
export function relationOf(tables: EngineTables, name: string): Relation {
  const relation = tables.program.relations.get(name);
  if (relation === undefined) throw new Error(`unknown relation ${name}`);
  return relation;
}
