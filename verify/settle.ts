import type { Clock } from "../schema/clock.ts";
import type { ProposedDelta } from "../schema/delta.ts";
import type { Limits } from "../schema/limits.ts";
import type { Verdict } from "../schema/verdict.ts";
import { type LogRecord, nextCommit, writeGroup } from "./commit.ts";
import { DuckDbWorld } from "./duckdb_world.ts";
import { type Judgement, judgeDelta } from "./gate.ts";
import type { BaseState } from "./in_force.ts";
import { rollBack } from "./store/database.ts";
import type { DuckDbSession } from "./store/duckdb_session.ts";
import type { Journal } from "./store/journal.ts";

/** A delta on its way through the gate. */
export interface Proposal {
  readonly delta: ProposedDelta;
  /** Whether a refusal is kept with its violations. */
  readonly keepRefusal: boolean;
  /** How many violations the verdict lists. */
  readonly page: number;
}

/** The one that writes a fact base. No transaction is open between two calls. */
export interface Writer {
  readonly session: DuckDbSession;
  readonly path: string | null;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Told what was written, once it is on disk. */
  onWritten?(records: readonly LogRecord[]): void;
}

/** What became of a proposal: its verdict, durable where it is accepted, or the error that kept it from one. */
export type Answer = { readonly verdict: Verdict } | { readonly error: unknown };

export interface Settled {
  readonly answers: readonly Answer[];
  readonly state: BaseState;
}

/** Judges with DuckDB and commits, one proposal a transaction: SQL has no way back from a refused delta but the end of a transaction. */
export async function settleByDuckDb(writer: Writer, state: BaseState, limits: Limits, proposals: readonly Proposal[]): Promise<Settled> {
  const answers: Answer[] = [];
  let now = state;
  for (const proposal of proposals) {
    try {
      const settled = await settleOne(writer, now, { ...limits, violations_page: proposal.page }, proposal);
      answers.push({ verdict: settled.verdict });
      now = settled.state;
    } catch (error) {
      answers.push({ error });
    }
  }
  return { answers, state: now };
}

async function settleOne(
  writer: Writer,
  state: BaseState,
  limits: Limits,
  proposal: Proposal,
): Promise<{ verdict: Verdict; state: BaseState }> {
  const { session, clock } = writer;
  const judge = (): Promise<Judgement> => judgeDelta(new DuckDbWorld({ session, clock, limits }), state, limits, proposal.delta, null);
  return settleJudgement(writer, state, await inOpenTransaction(session, judge), proposal.keepRefusal);
}

/** Judges inside a transaction, which stays open where the answer is `accepted`. */
export async function inOpenTransaction(session: DuckDbSession, judge: () => Promise<Judgement>): Promise<Judgement> {
  try {
    await session.run("BEGIN TRANSACTION");
    const judgement = await judge();
    if (judgement.kind !== "accepted") await rollBack(session);
    return judgement;
  } catch (cause) {
    await rollBack(session);
    throw cause;
  }
}

/** Commits what was accepted in the open transaction, keeps what was refused. */
export async function settleJudgement(
  writer: Writer,
  state: BaseState,
  judgement: Judgement,
  keepRefusal: boolean,
): Promise<{ verdict: Verdict; state: BaseState }> {
  const { clock } = writer;
  if (judgement.kind === "accepted") {
    const next = nextCommit(state, judgement.accepted, clock.now());
    await writeGroup({ ...writer, isOpen: true }, [next.record]);
    return { verdict: next.record.verdict, state: next.state };
  }
  if (judgement.kind !== "refused") return { verdict: judgement.verdict, state };
  const { refused } = judgement;
  if (keepRefusal) await writeGroup({ ...writer, isOpen: false }, [{ kind: "refusal", refused, head: state.head, time: clock.now() }]);
  return { verdict: refused.verdict, state };
}
