import type { Theory } from "../../logic/theory.ts";
import type { Clock } from "../../schema/clock.ts";
import type { ProposedDelta } from "../../schema/delta.ts";
import type { Limits } from "../../schema/limits.ts";
import type { Verdict } from "../../schema/verdict.ts";
import type { EngineName } from "../engine_name.ts";
import { FactBase } from "../fact_base.ts";
import { judgeTheories, type LoadJudgement } from "../load.ts";
import { type LogEntry, readEntries } from "../log.ts";
import type { Looking } from "../looking.ts";
import { countRefusals, proposedAgain, type Refusal, readRefusals } from "../records.ts";
import { readTheoriesAt } from "../store/state.ts";
import { lawless } from "./lawless.ts";

export interface ReplayOptions {
  readonly clock: Clock;
  readonly limits?: Partial<Limits>;
  readonly engines?: readonly EngineName[];
  onProgress?(text: string): void;
}

/** A commit that the changed theories would have refused. */
export interface RefusedCommit {
  readonly commit: number;
  readonly delta: string;
  readonly verdict: Verdict;
}

/** A refused delta that the changed theories would have let pass. */
export interface PassingRefusal {
  readonly delta: string;
  /** The head it was judged against. */
  readonly head: number;
  readonly proposer: string;
  readonly reason: string;
}

export interface TheoryWhatIf {
  /** The verdict on loading the changed theories over the facts present. */
  readonly verdict: Verdict;
  readonly commits: number;
  readonly refused: readonly RefusedCommit[];
  readonly passing: readonly PassingRefusal[];
  /** How many refused deltas were judged again, the latest ones, and how many were not: there were more than `whatif_refusals`. */
  readonly rejudged: number;
  readonly left: number;
}

/**
 * What changed theories would do: the verdict on loading them now, and a replay of the log under them from its first commit. A commit is
 * refused where it breaks a law that was not broken before it; its facts are then taken as history has them, and what they
 * break is waived for what follows. Refused deltas, the latest `whatif_refusals` of them, are judged where they were judged. Nothing is written to `base`.
 * Errors: those of `judgeTheories`.
 */
export async function replayTheory(base: Looking, changed: readonly Theory[], options: ReplayOptions): Promise<TheoryWhatIf> {
  const request = { theories: changed, author: "whatif", reason: "whatif", ratchet: false, base: null, allowDestructive: true };
  const verdict = verdictOf(await base.look((input) => judgeTheories(input, request)));
  const { entries, refusals, kept } = await base.look(async ({ session, state, limits: { whatif_refusals } }) => ({
    entries: await readEntries(session, 1, state.head),
    refusals: await readRefusals(session, whatif_refusals, 0),
    kept: await countRefusals(session),
  }));
  const byHead = Map.groupBy(refusals, ({ head }) => head);
  const { clock, limits = {}, engines } = options;
  const copy = await FactBase.create(null, { clock, limits, ...(engines === undefined ? {} : { engines }) });
  try {
    const replay = new Replay(base, copy, changed);
    const refused: RefusedCommit[] = [];
    const passing: PassingRefusal[] = [];
    for (const entry of entries) {
      options.onProgress?.(`replaying commit ${entry.seq} of ${entries.length}, ${refused.length} refused`);
      const answer = await replay.step(entry);
      if (answer?.verdict === "refused") refused.push({ commit: entry.seq, delta: entry.delta, verdict: answer });
      for (const refusal of byHead.get(entry.seq) ?? []) {
        if (refusal.kind === "delta" && (await replay.passes(refusal))) passing.push(passingRefusal(refusal));
      }
    }
    return { verdict, commits: entries.length, refused, passing, rejudged: refusals.length, left: kept - refusals.length };
  } finally {
    await copy.close();
  }
}

function passingRefusal({ delta, head, proposer, reason }: Refusal): PassingRefusal {
  return { delta, head, proposer, reason };
}

function verdictOf(judgement: LoadJudgement): Verdict {
  if (judgement.kind === "lawful") return judgement.delta.verdict;
  return judgement.kind === "refused" ? judgement.refused.verdict : judgement.verdict;
}

/** The log again, under other theories, in a fact base of its own. */
class Replay {
  readonly #base: Looking;
  readonly #copy: FactBase;
  readonly #changed: readonly Theory[];

  constructor(base: Looking, copy: FactBase, changed: readonly Theory[]) {
    this.#base = base;
    this.#copy = copy;
    this.#changed = changed;
  }

  /** One entry. Returns the verdict on a delta, null for a load. */
  async step(entry: LogEntry): Promise<Verdict | null> {
    if (entry.kind === "load") {
      const theories = await this.#base.look(({ session }) => readTheoriesAt(session, entry.seq));
      const kept = theories.filter(({ name }) => !this.#changed.some((other) => other.name === name));
      await this.#load([...kept, ...this.#changed]);
      return null;
    }
    const delta = await this.#stored(entry.delta);
    if (delta === null) throw new Error(`commit ${entry.seq} has no delta`);
    const verdict = await this.#copy.propose(delta, { keepRefusal: false });
    if (verdict.verdict === "refused") await this.#force(delta);
    return verdict;
  }

  async passes(refusal: Refusal): Promise<boolean> {
    const delta = await this.#stored(refusal.delta);
    const [verdict] = delta === null ? [] : await this.#copy.rehearse([delta]);
    return verdict?.verdict === "accepted";
  }

  /** A delta as it is kept, no longer tied to a commit or a key. */
  async #stored(id: string): Promise<ProposedDelta | null> {
    const delta = await this.#base.look(({ session }) => proposedAgain(session, id));
    return delta === null ? null : { ...delta, base: null, key: null };
  }

  async #load(theories: readonly Theory[]): Promise<void> {
    await this.#copy.loadTheory(theories, { author: "whatif", reason: "replay", ratchet: true, allowDestructive: true });
  }

  /** Brings a refused delta in all the same. One that does not even fit the changed relations is left out. */
  async #force(delta: ProposedDelta): Promise<void> {
    const { theories, program } = this.#copy;
    await this.#load(lawless(theories, program));
    await this.#copy.propose({ ...delta, reason: `${delta.reason} (again)` }, { keepRefusal: false });
    await this.#load(theories);
  }
}
