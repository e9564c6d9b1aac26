import { AssayError } from "../../schema/assay_error.ts";
import type { ProposedDelta } from "../../schema/delta.ts";
import { rowText } from "../../schema/delta_id.ts";
import type { Place } from "../../schema/place.ts";
import { quoteName } from "../../schema/sql_session.ts";
import type { Row } from "../../schema/value.ts";
import type { FactBase } from "../../verify/fact_base.ts";
import type { SourcePart } from "./source_part.ts";

export interface Proposal {
  readonly proposer: string;
  readonly reason: string;
  /** Relations of which facts that no source holds are retracted: those named, all that a source feeds where true, else none. */
  readonly replace: boolean | readonly string[];
}

interface Collected {
  readonly rows: Row[];
  readonly places: (Place | null)[];
  readonly texts: Set<string>;
}

/** The facts of all parts as one delta, each fact once, with its first place. Errors: `limit.delta_rows`, before all rows are read. */
export async function importedDelta(base: FactBase, parts: readonly SourcePart[], proposal: Proposal): Promise<ProposedDelta> {
  const collected = new Map<string, Collected>();
  let count = 0;
  for (const part of parts) {
    const own = collected.get(part.relation) ?? { rows: [], places: [], texts: new Set() };
    collected.set(part.relation, own);
    for await (const batch of part.read()) {
      count += collect(own, batch.rows, batch.places);
      if (count > base.limits.delta_rows) {
        throw new AssayError("limit.delta_rows", `the sources hold more than ${base.limits.delta_rows} rows`);
      }
    }
  }
  const retract = new Map<string, Row[]>();
  const { replace } = proposal;
  for (const relation of replace === true ? collected.keys() : replace === false ? [] : replace) {
    const texts = collected.get(relation)?.texts;
    const gone = (await presentRows(base, relation)).filter((row) => texts?.has(rowText(row)) !== true);
    if (gone.length > 0) retract.set(relation, gone);
  }
  const withRows = [...collected].filter(([, { rows }]) => rows.length > 0);
  return {
    proposer: proposal.proposer,
    reason: proposal.reason,
    base: null,
    key: null,
    assert: new Map(withRows.map(([relation, { rows }]) => [relation, rows])),
    retract,
    places: new Map(withRows.map(([relation, { places }]) => [relation, places])),
  };
}

function collect(own: Collected, rows: readonly Row[], places: readonly (Place | null)[]): number {
  const before = own.rows.length;
  for (const [index, row] of rows.entries()) {
    const text = rowText(row);
    if (own.texts.has(text)) continue;
    own.texts.add(text);
    own.rows.push(row);
    own.places.push(places[index] ?? null);
  }
  return own.rows.length - before;
}

async function presentRows(base: FactBase, relation: string): Promise<Row[]> {
  const attributes = base.program.relations.get(relation)?.attributes ?? [];
  if (attributes.length === 0) return [];
  const columns = attributes.map(({ name }) => quoteName(name)).join(", ");
  const { rows } = await base.query({ sql: `SELECT ${columns} FROM ${quoteName(relation)}` });
  return rows as unknown as Row[];
}
