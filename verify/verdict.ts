import type { LawOutcome, Undecided, Verdict } from "../schema/verdict.ts";
import type { ViolationPage } from "./violation_page.ts";

export interface VerdictParts {
  readonly delta: string | null;
  readonly base: number;
  readonly theories: { readonly [name: string]: string };
  readonly facts: number;
  readonly deltaFacts: number;
  readonly laws: readonly LawOutcome[];
  readonly page: ViolationPage;
  /** True where a check before the logic or an error law refuses. */
  readonly refused: boolean;
  readonly undecided: Undecided | null;
  /** The engine that judged, or all of them, joined by commas. */
  readonly engine: string;
}

/** Puts a verdict together. A refusal stands whatever else was left undecided: more could only be found against it. */
export function makeVerdict(parts: VerdictParts): Verdict {
  return {
    verdict: parts.refused ? "refused" : parts.undecided !== null ? "undecided" : "accepted",
    delta: parts.delta,
    commit: null,
    base: parts.base,
    theories: parts.theories,
    checked: { laws: parts.laws.length, facts: parts.facts, delta_facts: parts.deltaFacts },
    laws: parts.laws,
    violations: parts.page.items,
    total: parts.page.total,
    cursor: parts.page.cursor,
    undecided: parts.refused ? null : parts.undecided,
    repairs: [],
    engine: parts.engine,
    replayed: false,
  };
}

/** `nothing_checked.<what>`: there was nothing to judge, or nothing to judge it by. */
export function nothingChecked(what: "delta" | "laws" | "facts" | "documents", detail: string): Undecided {
  return { code: `nothing_checked.${what}`, relation: null, bound: null, unit: null, detail };
}
