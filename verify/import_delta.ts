import type { ProposedDelta } from "../schema/delta.ts";
import { rowText } from "../schema/delta_id.ts";
import type { Violation } from "../schema/verdict.ts";
import { checkShape } from "./checks/shape.ts";
import { checkTypes, type TypedRow, type TypedRows } from "./checks/types.ts";
import type { FactBase } from "./fact_base.ts";
import { importWhole } from "./import_whole.ts";
import type { ImportUnit } from "./judge_in_order.ts";
import { aside, type ImportResult, indexOf, type SetAside } from "./set_aside.ts";
import { ViolationPage } from "./violation_page.ts";

export interface ImportOptions {
  readonly onViolation: "refuse" | "quarantine";
  /** Judge records that were set aside again after the others, until none of them is accepted any more. */
  readonly retry?: boolean;
}

/**
 * Proposes a delta, and where `onViolation` is `quarantine` commits what is lawful of it. Its rows are judged record by record, in their
 * order, each over what the accepted ones before it left; rows with one place are one record. What shape, types or error laws refuse is
 * set aside, the rest is one commit. A delta that also retracts is judged as a whole: rows behind violations are set aside and the rest
 * is judged again, and it is refused where a violation has no asserted row behind it. Errors: those of `FactBase.propose`.
 */
export async function importDelta(
  base: Pick<FactBase, "propose" | "importInOrder" | "program" | "limits">,
  delta: ProposedDelta,
  options: ImportOptions,
): Promise<ImportResult> {
  if (options.onViolation === "refuse") return { verdict: await base.propose(delta), setAside: [], rounds: 1 };
  const begun = setMalformedAside(base, delta);
  if (begun === null) return { verdict: await base.propose(delta), setAside: [], rounds: 1 };
  const { typed, setAside } = begun;
  if ([...delta.retract.values()].some((rows) => rows.length > 0)) {
    return importWhole(base, delta, new Map(typed.map(({ relation, rows }) => [relation.name, rows])), setAside);
  }
  const { units, fallen } = recordsOf(delta, typed, setAside);
  const { verdict, refused, passes } = await base.importInOrder(delta, units, options.retry === true);
  const more = refused.flatMap(({ unit, violations, pass }) => unitAside(delta, units[unit] as ImportUnit, violations, pass));
  return { verdict, setAside: [...setAside, ...fallen, ...more], rounds: passes };
}

/** Sets aside the asserted rows that have the wrong shape or types; null where the delta is malformed elsewhere. */
function setMalformedAside(
  base: Pick<FactBase, "program" | "limits">,
  delta: ProposedDelta,
): { readonly setAside: readonly SetAside[]; readonly typed: readonly TypedRows[] } | null {
  const page = new ViolationPage(0, Number.MAX_SAFE_INTEGER);
  const typed = checkTypes(checkShape(delta, base.program.relations, page), base.limits, page);
  const setAside: SetAside[] = [];
  const seen = new Set<string>();
  for (const violation of page.items) {
    const found = asserted(delta, String(violation.witness["row"] ?? ""));
    if (found === null) return null;
    if (seen.has(found.pointer)) continue;
    seen.add(found.pointer);
    setAside.push(aside(delta, found.relation, found.index, violation, 1));
  }
  return { setAside, typed: typed.filter(({ side }) => side === "assert") };
}

/** The asserted row that a pointer into the delta names. */
function asserted(delta: ProposedDelta, pointer: string): { relation: string; index: number; pointer: string } | null {
  const match = /^\/assert\/(.+)\/(\d+)$/.exec(pointer);
  const relation = match?.[1]?.replaceAll("~1", "/").replaceAll("~0", "~");
  const index = Number(match?.[2]);
  return relation !== undefined && delta.assert.get(relation)?.[index] !== undefined ? { relation, index, pointer } : null;
}

/** Rows by record, in the order of their first rows; what shares a record with a malformed row falls with it. */
function recordsOf(
  delta: ProposedDelta,
  typed: readonly TypedRows[],
  malformed: readonly SetAside[],
): { readonly units: readonly ImportUnit[]; readonly fallen: readonly SetAside[] } {
  const broken = new Map(malformed.flatMap((item) => (item.place === null ? [] : [[item.place, item] as const])));
  const fallen: SetAside[] = [];
  const units: TypedRows[][] = [];
  const byPlace = new Map<string, TypedRows[]>();
  for (const { side, relation, rows } of typed) {
    for (const row of rows) {
      const cause = row.place === null ? undefined : broken.get(row.place);
      if (cause !== undefined) {
        fallen.push({ ...aside(delta, relation.name, indexOf(row.pointer), cause, 1) });
        continue;
      }
      const known = row.place === null ? undefined : byPlace.get(row.place);
      const unit = known ?? [];
      if (known === undefined) {
        units.push(unit);
        if (row.place !== null) byPlace.set(row.place, unit);
      }
      const own = unit.find((part) => part.relation === relation);
      if (own === undefined) unit.push({ side, relation, rows: [row] });
      else (own.rows as TypedRow[]).push(row);
    }
  }
  return { units, fallen };
}

/** Each row of a refused record with the violation that names it, or else the record's first. */
function unitAside(delta: ProposedDelta, unit: ImportUnit, violations: readonly Violation[], pass: number): SetAside[] {
  return unit.flatMap(({ relation, rows }) =>
    rows.map((row) => {
      const text = rowText(row.row);
      const names = ({ facts }: Violation): boolean => facts.some((fact) => fact.relation === relation.name && rowText(fact.row) === text);
      const violation = violations.find(names) ?? violations[0];
      if (violation === undefined) throw new Error("a record was refused for nothing");
      return aside(delta, relation.name, indexOf(row.pointer), violation, pass);
    }),
  );
}
