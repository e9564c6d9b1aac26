import type { Captured } from "../../logic/engines/incremental/subscriptions.ts";
import type { Limits } from "../../schema/limits.ts";
import { unreachable } from "../../schema/unreachable.ts";
import type { Verdict } from "../../schema/verdict.ts";
import { type LogRecord, nextCommit, writeGroup } from "../commit.ts";
import { type Judgement, judgePrepared } from "../gate.ts";
import type { BaseState } from "../in_force.ts";
import type { Watches } from "../live/watches.ts";
import { theoriesText } from "../log.ts";
import { type PreparedDelta, preparedOrError } from "../prepared_delta.ts";
import type { Answer, Proposal, Settled, Writer } from "../settle.ts";
import type { FactMemory } from "./fact_memory.ts";
import type { KnownLog } from "./known_log.ts";
import { MemoryWorld } from "./memory_world.ts";

/** What a group has come to, nothing of it on disk yet. */
interface Course {
  state: BaseState;
  readonly records: LogRecord[];
  readonly answers: Answer[];
  /** What each commit does to watches. */
  readonly captured: CapturedCommit[];
}

/** What a commit does to watches, to be told once it is on disk. */
export interface CapturedCommit {
  readonly seq: number;
  readonly captured: readonly (Captured | null)[];
}

/**
 * Judges a group in memory, one proposal after the other, each over what the accepted ones before it left, and commits what was
 * accepted, and keeps what was refused, in one transaction. The answers hold when this returns.
 * Unless `isAsked`, it stops before a proposal that passes the engine's own bound on memory: fewer answers than proposals then.
 * Errors: those of `writeGroup` and of the engine; then nothing of the group is there and the caller drops the memory.
 */
export async function settleInMemory(
  writer: Writer,
  memory: FactMemory,
  log: KnownLog,
  state: BaseState,
  limits: Limits,
  proposals: readonly Proposal[],
  isAsked: boolean,
  watches: Watches,
): Promise<Settled & { readonly captured: readonly CapturedCommit[] }> {
  const { program } = state.inForce;
  const prepared = proposals.map(({ delta, page }) => preparedOrError(delta, program, { ...limits, violations_page: page }));
  const deltas = prepared.filter((item): item is PreparedDelta => !("error" in item));
  const world = await MemoryWorld.open({ memory, log, session: writer.session, limits, deltas, recalls: true, watches });
  const course: Course = { state, records: [], answers: [], captured: [] };
  for (const [index, delta] of prepared.entries()) {
    if ("error" in delta) {
      course.answers.push(delta);
      continue;
    }
    const judgement = await judgePrepared(world, course.state, delta, true);
    if (!isAsked && judgement.kind === "undecided" && judgement.verdict.undecided?.code === "limit.engine_mb") break;
    course.answers.push({ verdict: await settleOne(writer, world, course, proposals[index] as Proposal, judgement) });
  }
  await completeRefusals(world, course);
  if (course.records.length > 0) await writeGroup({ ...writer, isOpen: false }, course.records);
  return { answers: course.answers, state: course.state, captured: course.captured };
}

async function settleOne(writer: Writer, world: MemoryWorld, course: Course, proposal: Proposal, judgement: Judgement): Promise<Verdict> {
  const { state } = course;
  const remember = (id: string, status: "accepted" | "refused", verdict: Verdict, key: string | null): void =>
    world.remember(id, { status, head: state.head, theories: theoriesText(state.inForce.hashes), verdict }, key);
  switch (judgement.kind) {
    case "accepted": {
      const { accepted } = judgement;
      const { verdict } = accepted;
      const [complete = verdict] = world.places.lacks(verdict) ? await world.places.complete([verdict]) : [verdict];
      const next = nextCommit(state, accepted, writer.clock.now(), complete);
      course.records.push(next.record);
      course.captured.push({ seq: next.state.head, captured: world.takeCaptured() });
      course.state = next.state;
      remember(accepted.id, "accepted", next.record.verdict, accepted.key);
      return next.record.verdict;
    }
    case "refused": {
      const { refused } = judgement;
      if (!proposal.keepRefusal) return refused.verdict;
      course.records.push({ kind: "refusal", refused, head: state.head, time: writer.clock.now() });
      remember(refused.id, "refused", refused.verdict, null);
      return refused.verdict;
    }
    case "undecided":
    case "replayed":
      return judgement.verdict;
    default:
      return unreachable(judgement);
  }
}

/** Reads the places that the refused verdicts of the group still lack, all at once. */
async function completeRefusals(world: MemoryWorld, course: Course): Promise<void> {
  const verdicts = course.answers.map((answer) => ("verdict" in answer ? answer.verdict : null));
  const open = verdicts.filter((verdict) => verdict !== null).filter((verdict) => world.places.lacks(verdict));
  if (open.length === 0) return;
  const complete = new Map((await world.places.complete(open)).map((verdict, index) => [open[index], verdict] as const));
  for (const [index, answer] of course.answers.entries()) {
    if ("verdict" in answer) course.answers[index] = { verdict: complete.get(answer.verdict) ?? answer.verdict };
  }
  for (const [index, record] of course.records.entries()) {
    if (record.kind !== "refusal") continue;
    const verdict = complete.get(record.refused.verdict) ?? record.refused.verdict;
    course.records[index] = { ...record, refused: { ...record.refused, verdict } };
  }
}
