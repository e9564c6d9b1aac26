import { AssayError } from "../../schema/assay_error.ts";
import { sha256 } from "../../schema/canonical.ts";
import type { ProposedRow } from "../../schema/delta.ts";
import type { FactBase } from "../fact_base.ts";
import type { JobKind } from "./job_kind.ts";
import type { ProposedAttempt } from "./run_job.ts";

/** Facts of the theory `jobs`, by relation. */
export type JobFacts = ReadonlyMap<string, readonly ProposedRow[]>;

/** What is on record of a job before it begins. */
export interface JobHead {
  readonly job: string;
  readonly kind: JobKind;
  readonly principal: string;
  readonly input: string;
  readonly model: { readonly name: string; readonly hash: string };
  readonly writes: readonly string[];
  readonly rounds: number;
  readonly tokens: number;
  readonly time_ms: number;
}

export interface ErrorText {
  readonly code: string;
  readonly detail: string;
}

/** How a job ended. */
export interface JobEnding {
  readonly state: "accepted" | "refused" | "unchanged" | "failed" | "cancelled";
  readonly error: ErrorText | null;
  /** The delta that was committed, and where; null unless accepted. */
  readonly committed: { readonly delta: string; readonly commit: number } | null;
  readonly leftOpen: readonly string[];
}

/** Whoever proposes what is on record of jobs. */
const RECORDER = "assay";

const DETAIL_CHARACTERS = 4_000;

export function headFacts({ job, kind, principal, input, model, writes, rounds, tokens, time_ms }: JobHead): JobFacts {
  return factsOf({
    job: [[job, kind, plain(principal), input, BigInt(rounds), BigInt(tokens), BigInt(time_ms)]],
    job_model: [[job, plain(model.name), model.hash]],
    job_writes: writes.map((relation) => [job, relation]),
  });
}

/** An attempt before the gate judges it. Texts that are larger than a symbol may be are left out; the prompt's hash stays. */
export function attemptFacts(job: string, attempt: ProposedAttempt, symbolBytes: number): JobFacts {
  const { round: number, prompt, answer, snapshot, tokens, millis, delta, writes } = attempt;
  const round = BigInt(number);
  const texts = [plain(prompt), plain(answer)];
  const fits = texts.every((text) => Buffer.byteLength(text) <= symbolBytes);
  return factsOf({
    attempt: [[job, round, sha256(prompt.toWellFormed()), BigInt(snapshot), BigInt(tokens), BigInt(millis)]],
    attempt_text: fits ? [[job, round, ...texts]] : [],
    attempt_delta: delta === null ? [] : [[job, round, delta]],
    attempt_writes: writes.map((relation) => [job, round, relation]),
  });
}

/** What became of an answer, and why where it was rejected. */
export function verdictFacts(job: string, round: number, verdict: string, error: ErrorText | null = null): JobFacts {
  return factsOf({
    attempt_verdict: [[job, BigInt(round), verdict]],
    attempt_error: error === null ? [] : [[job, BigInt(round), error.code, detailOf(error)]],
  });
}

export function endingFacts(job: string, { state, error, committed, leftOpen }: JobEnding): JobFacts {
  return factsOf({
    job_end: [[job, state]],
    job_error: error === null ? [] : [[job, error.code, detailOf(error)]],
    job_commit: committed === null ? [] : [[job, committed.delta, BigInt(committed.commit)]],
    left_open: leftOpen.map((nucleus) => [job, nucleus]),
  });
}

/**
 * Proposes facts of one job as one delta. Errors: `job.record` where the gate does not accept it, and those of `propose`.
 */
export async function recordFacts(base: Pick<FactBase, "propose">, job: string, step: string, parts: readonly JobFacts[]): Promise<void> {
  const assert = new Map<string, readonly ProposedRow[]>();
  for (const facts of parts) for (const [relation, rows] of facts) assert.set(relation, [...(assert.get(relation) ?? []), ...rows]);
  const reason = `${job}: ${step}`;
  const verdict = await base.propose({ proposer: RECORDER, reason, base: null, key: null, assert, retract: new Map(), places: new Map() });
  if (verdict.verdict === "accepted") return;
  const [first] = verdict.violations;
  const why = first === undefined ? (verdict.undecided?.detail ?? verdict.verdict) : `${first.message} (\`${first.law}\`)`;
  throw new AssayError("job.record", `${step} of \`${job}\` cannot be recorded: ${why}`);
}

function factsOf(rows: Readonly<Record<string, readonly ProposedRow[]>>): JobFacts {
  return new Map(Object.entries(rows).filter(([, list]) => list.length > 0));
}

/** An error's detail, which may quote much. */
function detailOf({ detail }: ErrorText): string {
  return plain(detail.length > DETAIL_CHARACTERS ? `${detail.slice(0, DETAIL_CHARACTERS)}…` : detail);
}

/** A text as a fact can hold it. */
function plain(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\uFFFD");
}
