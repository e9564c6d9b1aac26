import { quoteText, type SqlValue } from "../../schema/sql_session.ts";
import type { FactBase } from "../fact_base.ts";
import type { Snapshot } from "../store/snapshot.ts";

export type JobState = "running" | "accepted" | "refused" | "unchanged" | "failed" | "cancelled";

/** One round as it is on record. */
export interface AttemptRecord {
  readonly round: number;
  /** The hash of the prompt. */
  readonly prompt: string;
  /** Null where prompt or answer do not fit into a fact. */
  readonly prompt_text: string | null;
  readonly answer: string | null;
  readonly snapshot: number;
  readonly tokens: number;
  readonly millis: number;
  readonly delta: string | null;
  readonly writes: readonly string[];
  /** Null while the gate has not judged it. */
  readonly verdict: string | null;
  /** Why it was rejected. */
  readonly error: { readonly code: string; readonly detail: string } | null;
}

/** What the facts of the theory `jobs` say of one job. */
export interface JobRecord {
  readonly job: string;
  readonly kind: string;
  readonly principal: string;
  /** The hash of all that decides it. */
  readonly asked: string;
  readonly model: { readonly name: string; readonly hash: string };
  readonly rounds: number;
  readonly tokens: number;
  readonly millis: number;
  /** The relations that it may write. */
  readonly relations: readonly string[];
  readonly state: JobState;
  readonly error: { readonly code: string; readonly detail: string } | null;
  readonly delta: string | null;
  readonly commit: number | null;
  readonly left_open: readonly string[];
  readonly attempts: readonly AttemptRecord[];
}

/** A job in a list: its record without its attempts, and how many there are. */
export type JobSummary = Omit<JobRecord, "attempts" | "relations" | "left_open"> & { readonly attempts: number };

export interface ListOptions {
  readonly state?: JobState;
  /** At most so many, the latest first. */
  readonly limit: number;
  readonly offset?: number;
}

type Table = Snapshot["table"];

function summarySql(table: Table): string {
  return `SELECT j.job, j.kind, j.principal, j.asked, m.model, m.hash, j.rounds, j.tokens, j.millis, coalesce(e.state, 'running') AS state,
    x.code, x.detail, c.delta, c."commit", (SELECT count(*) FROM ${table("attempt")} a WHERE a.job = j.job) AS made
    FROM ${table("job")} j LEFT JOIN ${table("job_model")} m ON m.job = j.job LEFT JOIN ${table("job_end")} e ON e.job = j.job
    LEFT JOIN ${table("job_error")} x ON x.job = j.job LEFT JOIN ${table("job_commit")} c ON c.job = j.job`;
}

function attemptsSql(table: Table, name: string): string {
  const beside = (relation: string, as: string): string =>
    `LEFT JOIN ${table(relation)} ${as} ON ${as}.job = a.job AND ${as}.round = a.round`;
  return `SELECT a.round, a.prompt, t.prompt, t.answer, a.snapshot, a.tokens, a.millis, d.delta, v.verdict, e.code, e.detail
    FROM ${table("attempt")} a ${beside("attempt_text", "t")} ${beside("attempt_delta", "d")} ${beside("attempt_verdict", "v")}
    ${beside("attempt_error", "e")} WHERE a.job = ${name} ORDER BY a.round`;
}

/** Whether the theory `jobs` is in force: without it there is nothing to read. */
export function keepsJobs(base: Pick<FactBase, "program">): boolean {
  return ["job", "attempt_verdict", "may_write"].every((name) => base.program.relations.get(name)?.role === "base");
}

/** A job's record; null where there is none. */
export async function readJob(base: FactBase, job: string): Promise<JobRecord | null> {
  if (!keepsJobs(base)) return null;
  const name = quoteText(job);
  return base.read(null, async ({ session, table }) => {
    const [row] = await session.rows(`${summarySql(table)} WHERE j.job = ${name}`);
    if (row === undefined) return null;
    const names = async (attribute: string, relation: string): Promise<string[]> => {
      const rows = await session.rows(`SELECT ${attribute} FROM ${table(relation)} WHERE job = ${name} ORDER BY ALL`);
      return rows.map(([value]) => String(value));
    };
    const written = await session.rows(`SELECT round, relation FROM ${table("attempt_writes")} WHERE job = ${name} ORDER BY ALL`);
    const attempts = await session.rows(attemptsSql(table, name));
    return {
      ...summaryOf(row),
      relations: await names("relation", "job_writes"),
      left_open: await names("nucleus", "left_open"),
      attempts: attempts.map((attempt) => attemptOf(attempt, written)),
    };
  });
}

/** Jobs on record, those that began last first. */
export async function listJobs(base: FactBase, { state, limit, offset = 0 }: ListOptions): Promise<JobSummary[]> {
  if (!keepsJobs(base)) return [];
  const where = state === undefined ? "" : ` WHERE coalesce(e.state, 'running') = ${quoteText(state)}`;
  return base.read(null, async ({ session, table }) => {
    const begun = `(SELECT min(snapshot) FROM ${table("attempt")} a WHERE a.job = j.job)`;
    const order = `ORDER BY ${begun} DESC NULLS FIRST, j.job LIMIT ${limit} OFFSET ${offset}`;
    const rows = await session.rows(`${summarySql(table)}${where} ${order}`);
    return rows.map((row) => ({ ...summaryOf(row), attempts: Number(row[14]) }));
  });
}

function summaryOf(row: readonly SqlValue[]): Omit<JobSummary, "attempts"> {
  const [job, kind, principal, asked, model, hash, rounds, tokens, millis, state, code, detail, delta, commit] = row;
  return {
    job: String(job),
    kind: String(kind),
    principal: String(principal),
    asked: String(asked),
    model: { name: String(model), hash: String(hash) },
    rounds: Number(rounds),
    tokens: Number(tokens),
    millis: Number(millis),
    state: String(state) as JobState,
    error: code === null ? null : { code: String(code), detail: String(detail) },
    delta: textOrNull(delta),
    commit: commit === null ? null : Number(commit),
  };
}

function attemptOf(row: readonly SqlValue[], written: readonly (readonly SqlValue[])[]): AttemptRecord {
  const [round, prompt, promptText, answer, snapshot, tokens, millis, delta, verdict, code, detail] = row;
  return {
    round: Number(round),
    prompt: String(prompt),
    prompt_text: textOrNull(promptText),
    answer: textOrNull(answer),
    snapshot: Number(snapshot),
    tokens: Number(tokens),
    millis: Number(millis),
    delta: textOrNull(delta),
    writes: written.filter(([of]) => of === round).map(([, relation]) => String(relation)),
    verdict: textOrNull(verdict),
    error: code === null || code === undefined ? null : { code: String(code), detail: String(detail) },
  };
}

function textOrNull(value: SqlValue | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
