import type { ProposedDelta, ProposedRow } from "../schema/delta.ts";
import { rowText } from "../schema/delta_id.ts";
import type { Place } from "../schema/place.ts";
import type { Verdict, Violation } from "../schema/verdict.ts";
import { checkShape } from "./checks/shape.ts";
import { checkTypes, type TypedRow } from "./checks/types.ts";
import type { FactBase } from "./fact_base.ts";
import { ViolationPage } from "./violation_page.ts";

/** A row of the delta that was set aside, and the violation it had a part in. */
export interface SetAside {
  readonly relation: string;
  /** Its index among the relation's asserted rows, as proposed. */
  readonly index: number;
  readonly row: ProposedRow;
  readonly place: Place | null;
  readonly law: string;
  readonly message: string;
  readonly fingerprint: string;
  /** 1 where the delta as a whole broke the law; more where the row fell because rows it depends on were set aside before it. */
  readonly round: number;
}

export interface ImportResult {
  /** Of the delta that was proposed last: without the rows set aside. */
  readonly verdict: Verdict;
  readonly setAside: readonly SetAside[];
  readonly rounds: number;
}

/** Past so many rounds the delta is refused: a chain of dependent rows that long is no stray row. */
const ROUNDS_MAX = 1_000;
/** Violations looked at in one round; more of them take more rounds. */
const ROUND_VIOLATIONS = 100_000;

/**
 * Proposes a delta, and where `onViolation` is `quarantine` commits what is lawful of it: asserted rows that shape or types refuse,
 * and rows behind violations of error laws, are set aside and the rest is judged again, until it is accepted. It is refused as a
 * whole where a violation has no asserted row of the delta behind it, or nothing is left; the fact base then keeps that refusal.
 * Errors: those of `FactBase.propose`.
 */
export async function importDelta(
  base: Pick<FactBase, "propose" | "program" | "limits">,
  delta: ProposedDelta,
  options: { readonly onViolation: "refuse" | "quarantine" },
): Promise<ImportResult> {
  if (options.onViolation === "refuse") return { verdict: await base.propose(delta), setAside: [], rounds: 1 };
  const begun = setMalformedAside(base, delta);
  if (begun === null) return { verdict: await base.propose(delta), setAside: [], rounds: 1 };
  const setAside = [...begun.setAside];
  let { rest } = begun;
  for (let round = 1; ; round += 1) {
    const proposed = proposedRest(delta, rest);
    const verdict = await base.propose(proposed, { keepRefusal: false, page: ROUND_VIOLATIONS });
    if (verdict.verdict !== "refused") return { verdict, setAside, rounds: round };
    const guilty = round < ROUNDS_MAX ? findGuilty(delta, rest, verdict, round) : null;
    if (guilty === null) return { verdict: await base.propose(proposed), setAside, rounds: round };
    setAside.push(...guilty);
    rest = without(rest, guilty);
  }
}

/** The asserted rows that are left, by relation. */
type Rest = ReadonlyMap<string, readonly TypedRow[]>;

/** Sets aside the asserted rows that have the wrong shape or types; null where the delta is malformed elsewhere. */
function setMalformedAside(
  base: Pick<FactBase, "program" | "limits">,
  delta: ProposedDelta,
): { readonly setAside: readonly SetAside[]; readonly rest: Rest } | null {
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
  const rest = typed.filter(({ side }) => side === "assert").map(({ relation, rows }) => [relation.name, rows] as const);
  return { setAside, rest: new Map(rest) };
}

/** The asserted row that a pointer into the delta names. */
function asserted(delta: ProposedDelta, pointer: string): { relation: string; index: number; pointer: string } | null {
  const match = /^\/assert\/(.+)\/(\d+)$/.exec(pointer);
  const relation = match?.[1]?.replaceAll("~1", "/").replaceAll("~0", "~");
  const index = Number(match?.[2]);
  return relation !== undefined && delta.assert.get(relation)?.[index] !== undefined ? { relation, index, pointer } : null;
}

/**
 * The rows behind the verdict's violations: the delta's facts in the support of a law, the asserted side of a contradiction. Null
 * where some violation has none, for then setting rows aside cannot mend it.
 */
function findGuilty(delta: ProposedDelta, rest: Rest, verdict: Verdict, round: number): SetAside[] | null {
  const index = rowIndex(rest);
  const found = new Map<TypedRow, SetAside>();
  for (const violation of verdict.violations) {
    if (violation.severity !== "error" || violation.waived === true) continue;
    const rows = violation.code === undefined ? supporting(index, violation) : [];
    if (rows.length === 0) return null;
    for (const { relation, row } of rows) {
      const pointer = asserted(delta, row.pointer);
      if (pointer !== null && !found.has(row)) found.set(row, aside(delta, relation, pointer.index, violation, round));
    }
  }
  return found.size === 0 ? null : [...found.values()];
}

type RowIndex = (relation: string) => ReadonlyMap<string, readonly TypedRow[]>;

function supporting(index: RowIndex, violation: Violation): { readonly relation: string; readonly row: TypedRow }[] {
  return violation.facts
    .filter(({ from }) => from === "delta")
    .flatMap(({ relation, row }) => (index(relation).get(rowText(row)) ?? []).map((typed) => ({ relation, row: typed })));
}

/** Rows by their text, for a relation when it is first asked for. */
function rowIndex(rest: Rest): RowIndex {
  const built = new Map<string, Map<string, TypedRow[]>>();
  return (relation) => {
    const known = built.get(relation);
    if (known !== undefined) return known;
    const index = new Map<string, TypedRow[]>();
    for (const typed of rest.get(relation) ?? []) {
      const text = rowText(typed.row);
      const same = index.get(text);
      if (same === undefined) index.set(text, [typed]);
      else same.push(typed);
    }
    built.set(relation, index);
    return index;
  };
}

function aside(delta: ProposedDelta, relation: string, index: number, violation: Violation, round: number): SetAside {
  const { law, message, fingerprint } = violation;
  const row = delta.assert.get(relation)?.[index] as ProposedRow;
  return { relation, index, row, place: delta.places.get(relation)?.[index] ?? null, law, message, fingerprint, round };
}

function without(rest: Rest, guilty: readonly SetAside[]): Rest {
  const gone = new Set(guilty.map(({ relation, index }) => `${index} ${relation}`));
  const stays = (relation: string, { pointer }: TypedRow): boolean =>
    !gone.has(`${pointer.slice(pointer.lastIndexOf("/") + 1)} ${relation}`);
  return new Map([...rest].map(([relation, rows]) => [relation, rows.filter((row) => stays(relation, row))]));
}

/** The delta with the rows that are left, typed. */
function proposedRest(delta: ProposedDelta, rest: Rest): ProposedDelta {
  const left = [...rest].filter(([, rows]) => rows.length > 0);
  return {
    ...delta,
    assert: new Map(left.map(([relation, rows]) => [relation, rows.map(({ row }) => row)])),
    places: new Map(left.map(([relation, rows]) => [relation, rows.map(({ place }) => place)])),
  };
}
