import type { ProposedDelta } from "../schema/delta.ts";
import { rowText } from "../schema/delta_id.ts";
import type { Verdict, Violation } from "../schema/verdict.ts";
import type { TypedRow } from "./checks/types.ts";
import type { FactBase } from "./fact_base.ts";
import { aside, type ImportResult, indexOf, type SetAside } from "./set_aside.ts";

/** Past so many rounds the delta is refused: a chain of dependent rows that long is no stray row. */
const ROUNDS_MAX = 1_000;
/** Violations looked at in one round; more of them take more rounds. */
const ROUND_VIOLATIONS = 100_000;

/** The asserted rows that are left, by relation. */
type Rest = ReadonlyMap<string, readonly TypedRow[]>;

/**
 * Proposes what is left of a delta, and sets rows behind violations of error laws aside until it is accepted. It is refused as a whole
 * where a violation has no asserted row of the delta behind it; the fact base then keeps that refusal.
 */
export async function importWhole(
  base: Pick<FactBase, "propose">,
  delta: ProposedDelta,
  left: Rest,
  malformed: readonly SetAside[],
): Promise<ImportResult> {
  const setAside = [...malformed];
  let rest = left;
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
      if (!found.has(row)) found.set(row, aside(delta, relation, indexOf(row.pointer), violation, round));
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

function without(rest: Rest, guilty: readonly SetAside[]): Rest {
  const gone = new Set(guilty.map(({ relation, index }) => `${index} ${relation}`));
  const stays = (relation: string, { pointer }: TypedRow): boolean => !gone.has(`${indexOf(pointer)} ${relation}`);
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
