import { limits } from "../../../schema/limits.ts";
import { quoteName } from "../../../schema/sql_session.ts";
import type { IrProgram } from "../../language/ir.ts";
import { NULLARY_COLUMN } from "./input.ts";
import { rulesByRelation } from "./needs.ts";
import { type RecursiveQueryInput, recursiveQuery } from "./recursion.ts";
import { fitsRecursiveQuery } from "./recursion_shape.ts";
import { relationSelect } from "./select.ts";
import { aliases, columnsOf, type Lowering, namedColumns, type Source } from "./source.ts";

/**
 * One SELECT that gives a derived relation's tuples under its attributes' names, free of duplicates. `table` names what to read
 * for every other relation, base or derived, with its attributes as columns (`NULLARY_COLUMN` where it has none).
 * Returns null where SQL cannot state it: recursion that is mutual, not linear or building values, and selections. A view knows no bounds, and it raises
 * an evaluation error only where a reader asks for the row.
 * Errors: `EngineLimit` where an expression grows too large.
 */
export function viewSql(program: IrProgram, relation: string, table: (relation: string) => string): string | null {
  const described = program.relations.get(relation);
  if (described === undefined || described.role !== "derived") throw new Error(`${relation} is not a derived relation`);
  if (program.selections?.has(relation) === true) return null;
  const byRelation = rulesByRelation(program);
  const rules = byRelation.get(relation) ?? [];
  const stratum = program.strata.find((candidate) => candidate.relations.includes(relation));
  const fresh = aliases();
  const lowering: Lowering = {
    source: (atom) => namedSource(program, atom.relation, table),
    isRecursive: () => false,
    fresh,
    symbolBytes: limits.symbol_bytes.value,
    rangeRows: limits.rows_derived.value,
  };
  let query: string;
  if (stratum?.recursive === true) {
    if (stratum.relations.length > 1 || !fitsRecursiveQuery(relation, rules)) return null;
    const input: RecursiveQueryInput = { relation: described, rules, lowering };
    query = recursiveQuery(input);
  } else {
    const select = relationSelect(lowering, described, rules);
    query = select.distinct ? select.sql : `SELECT DISTINCT * FROM (${select.sql})`;
  }
  const made: Source = { sql: "", columns: columnsOf(described), distinct: true, dedupe: false };
  return `SELECT ${namedColumns(described, made)} FROM (${query}) AS tuples`;
}

function namedSource(program: IrProgram, name: string, table: (relation: string) => string): Source {
  const attributes = program.relations.get(name)?.attributes ?? [];
  const columns = attributes.length === 0 ? [quoteName(NULLARY_COLUMN)] : attributes.map((attribute) => quoteName(attribute.name));
  return { sql: table(name), columns, distinct: true, dedupe: false };
}
