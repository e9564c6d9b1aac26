import { AssayError } from "../../schema/assay_error.ts";
import { type CanonicalInput, canonicalJson, sha256 } from "../../schema/canonical.ts";
import type { ProposedDelta, ProposedRow } from "../../schema/delta.ts";
import { quoteName } from "../../schema/sql_session.ts";
import type { Row } from "../../schema/value.ts";
import type { FactBase } from "../fact_base.ts";
import { prepareDelta } from "../prepared_delta.ts";
import type { JobKind } from "./job_kind.ts";
import type { Attempt, JobBase, JobOptions, JobOrder, JobOutcome } from "./run_job.ts";

/** The facts of a relation, rows in attribute order and ascending. */
export interface KernelTable {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

/** By relation. */
export type KernelFacts = ReadonlyMap<string, KernelTable>;

export type KernelParameters = { readonly [name: string]: string | readonly string[] };

/** What a kernel reads and writes, by its parameters. */
export interface KernelReach {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

export interface KernelChanges {
  readonly assert: ReadonlyMap<string, readonly ProposedRow[]>;
  readonly retract: ReadonlyMap<string, readonly ProposedRow[]>;
}

/** A registered pure function from facts to changes: no clock, no chance, no network, nothing but its arguments. */
export interface Kernel {
  readonly name: string;
  readonly version: string;
  /** `sha256:…` of name, version and whatever else decides what it computes; see `kernelHash`. */
  readonly hash: string;
  /** What it does and which parameters it takes, a line. */
  readonly doc: string;
  /** Errors: `job.kernel` for parameters that it does not take. */
  reach(parameters: KernelParameters): KernelReach;
  run(facts: KernelFacts, parameters: KernelParameters, signal: AbortSignal | null): Promise<KernelChanges>;
}

/** A job that a kernel does. Its rounds are tries: another commit may come between its reading and its delta. */
export interface KernelOrder extends Pick<JobOrder, "proposer" | "reason" | "rounds" | "time_ms"> {
  readonly kind: JobKind;
  readonly parameters: KernelParameters;
  readonly fresh?: boolean;
}

export interface PlannedKernel extends KernelReach {
  readonly input: string;
}

/** The identity of a kernel: another version is another kernel. */
export function kernelHash(name: string, version: string): string {
  return sha256(canonicalJson(["kernel", name, version]));
}

/** What a kernel job begins with: its input is the kernel, its parameters and the facts it reads. Errors: `job.kernel`, `job.relation`, `limit.query_rows`. */
export async function planKernel(base: FactBase, kernel: Kernel, order: KernelOrder): Promise<PlannedKernel> {
  const reach = kernel.reach(order.parameters);
  for (const name of new Set([...reach.reads, ...reach.writes])) {
    if (base.program.relations.get(name)?.role === "base") continue;
    throw new AssayError("job.relation", `\`${name}\` is no base relation of the theories in force`);
  }
  return { ...reach, input: inputOf(kernel, order, await readFacts(base, reach.reads, base.head)) };
}

/**
 * Reads, computes and proposes, as `runJob` asks, proposes and is judged. The delta is conditional on what was read, so a round that
 * another commit came between is refused, and the next one reads anew. Nothing to change ends the job as `unchanged`.
 */
export async function runKernel(
  facts: FactBase,
  base: JobBase,
  kernel: Kernel,
  order: KernelOrder,
  options: JobOptions,
): Promise<JobOutcome> {
  const { signal } = options;
  const { reads } = kernel.reach(order.parameters);
  const attempts: Attempt[] = [];
  let input = "";
  const outcome = (): Omit<JobOutcome, "state" | "commit" | "error"> => ({
    input,
    model: { name: `kernel:${kernel.name}`, hash: kernel.hash },
    attempts,
  });
  for (let round = 1; round <= order.rounds; round++) {
    try {
      signal?.throwIfAborted();
      const snapshot = base.head;
      const read = await readFacts(facts, reads, snapshot);
      input = inputOf(kernel, order, read);
      const attempt = await attemptOf({ base, kernel, order, options, round, snapshot, read, input, spent: millisOf(attempts) });
      attempts.push(attempt);
      await options.onAttempt?.(attempt);
      const { verdict, rejected } = attempt;
      if (rejected !== null) return { ...outcome(), state: "unchanged", commit: null, error: null };
      if (verdict?.verdict === "accepted") return { ...outcome(), state: "accepted", commit: verdict.commit, error: null };
      if (verdict?.violations.every(({ code }) => code !== "gate.stale_base") !== false) break;
    } catch (error) {
      const isCancelled = signal?.aborted === true;
      if (!(error instanceof AssayError) && !(isCancelled && error === signal.reason)) throw error;
      return { ...outcome(), state: isCancelled ? "cancelled" : "failed", commit: null, error };
    }
  }
  return { ...outcome(), state: "refused", commit: null, error: null };
}

interface KernelTurn {
  readonly base: JobBase;
  readonly kernel: Kernel;
  readonly order: KernelOrder;
  readonly options: JobOptions;
  readonly round: number;
  readonly snapshot: number;
  readonly read: KernelFacts;
  readonly input: string;
  readonly spent: number;
}

async function attemptOf({ base, kernel, order, options, round, snapshot, read, input, spent }: KernelTurn): Promise<Attempt> {
  const { clock, signal, name, complement } = options;
  const begin = clock.micros();
  const { assert, retract } = await kernel.run(read, order.parameters, signal ?? null);
  signal?.throwIfAborted();
  const millis = Math.floor((clock.micros() - begin) / 1000);
  if (spent + millis > order.time_ms) {
    throw new AssayError("limit.compute_ms", `the kernel \`${kernel.name}\` took ${millis} milliseconds of ${order.time_ms - spent}`);
  }
  const reason = name === undefined ? order.reason : `${order.reason} (${name}/${round})`;
  // Its own record is the one commit that may come between reading and proposing.
  const condition = options.onProposal === undefined ? snapshot : snapshot + 1;
  const plain: ProposedDelta = { proposer: order.proposer, reason, base: condition, key: null, assert, retract, places: new Map() };
  const isEmpty = assert.size + retract.size === 0;
  const delta = complement === undefined ? plain : complement(plain);
  const proposed = {
    round,
    prompt: canonicalJson({ kernel: kernel.name, version: kernel.version, parameters: order.parameters, facts: input }),
    snapshot,
    answer: isEmpty ? "{}" : answerText(plain),
    tokens: 0,
    millis,
    delta: isEmpty ? null : prepareDelta(delta, base.program, base.limits).id,
    writes: [...new Set([...assert.keys(), ...retract.keys()])],
    rejected: isEmpty ? new AssayError("job.empty", "the kernel found nothing to change") : null,
  };
  await options.onProposal?.(proposed);
  signal?.throwIfAborted();
  return { ...proposed, verdict: isEmpty ? null : await base.propose(delta) };
}

function millisOf(attempts: readonly Attempt[]): number {
  return attempts.reduce((sum, { millis }) => sum + millis, 0);
}

async function readFacts(base: FactBase, relations: readonly string[], asOf: number): Promise<KernelFacts> {
  const facts = new Map<string, KernelTable>();
  for (const name of relations) {
    const columns = base.program.relations.get(name)?.attributes.map((attribute) => attribute.name) ?? [];
    const sql = `SELECT ${columns.map(quoteName).join(", ")} FROM ${quoteName(name)} ORDER BY ALL`;
    facts.set(name, { columns, rows: (await base.query({ sql }, { asOf })).rows as readonly Row[] });
  }
  return facts;
}

function inputOf(kernel: Kernel, { parameters }: KernelOrder, facts: KernelFacts): string {
  const tables = [...facts].map(([relation, { columns, rows }]): CanonicalInput => [relation, columns, rows]);
  return sha256(canonicalJson([kernel.hash, parameters, tables]));
}

function answerText({ assert, retract }: KernelChanges): string {
  const side = (rows: KernelChanges["assert"]): string =>
    `{${[...rows].map(([relation, list]) => `${JSON.stringify(relation)}:${canonicalJson(list as CanonicalInput)}`).join(",")}}`;
  return `{"assert":${side(assert)},"retract":${side(retract)}}`;
}
