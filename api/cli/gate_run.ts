import { openClingo } from "../../logic/engines/clingo/open_clingo.ts";
import type { IrProgram } from "../../logic/language/ir.ts";
import { profileNames, profileOf } from "../../logic/profile.ts";
import { findTheory, type Theory } from "../../logic/theory.ts";
import { AssayError, type ErrorReport } from "../../schema/assay_error.ts";
import type { Limits } from "../../schema/limits.ts";
import type { Verdict } from "../../schema/verdict.ts";
import { ClingoSeat, seatClingo } from "../../verify/checks/answer_sets.ts";
import { type EngineName, seatedEngines } from "../../verify/engine_name.ts";
import { FactBase } from "../../verify/fact_base.ts";
import { judgeFacts } from "../../verify/judge_facts.ts";
import { type DuckDbSession, openMemory } from "../../verify/store/duckdb_session.ts";
import { makeVerdict, nothingChecked } from "../../verify/verdict.ts";
import { ViolationPage } from "../../verify/violation_page.ts";
import type { Door } from "./door.ts";
import { accountName, withFactBase } from "./fact_base_door.ts";
import { gateAdapterFor } from "./gate_adapters.ts";
import { type GateReading, readGateSources } from "./gate_sources.ts";
import { importedDelta } from "./imported_delta.ts";
import {
  deputyFor,
  enginesOf,
  factBaseOptions,
  type JudgingOptions,
  limitsOf,
  type ProfileOptions,
  type RepairsOptions,
  type TheoryOptions,
} from "./options.ts";
import { withQuarantine } from "./quarantine_verdict.ts";
import { type Repaired, repairsFor } from "./repairs.ts";
import { joinedSources } from "./source_part.ts";
import { judgementOf } from "./theories.ts";
import { wholeVerdict } from "./whole_verdict.ts";

/** Judged by where the theories have a profile of this name and none is asked for. */
const USUAL_PROFILE = "published";

export interface GateOptions extends JudgingOptions, TheoryOptions, ProfileOptions, RepairsOptions {
  readonly policy?: string;
  readonly base?: string;
  readonly artifacts?: string;
  readonly git?: string;
  readonly proposer?: string;
  readonly reason?: string;
}

export interface GateRequest {
  readonly door: Door;
  readonly options: GateOptions;
  readonly sources: readonly string[];
  /** The time to judge as of, RFC 3339. */
  readonly at: string;
  /** Whether every violation is to be listed, whatever a page holds. */
  readonly needsAll: boolean;
}

/** Some 800 alloys: up to there the engine in memory was faster. */
const FEW_FACTS = 100_000;

/** What came of a run, its facts still readable. */
export interface GateRun {
  readonly verdict: Verdict;
  readonly reading: GateReading;
  readonly program: IrProgram;
  /** The theories that judged, those needed by others among them. */
  readonly theories: readonly Theory[];
  /** The commit it was judged after, and its entry's hash; null without a fact base. */
  readonly base: { readonly commit: number; readonly entry: string } | null;
  readonly repaired: Repaired | null;
  readonly events: readonly ErrorReport[];
}

/** Judges documents by themselves, and hands what came of it to `use` before the facts are gone. Errors: those of reading and judging. */
export async function judgeAlone<T>(request: GateRequest, use: (run: GateRun) => Promise<T>): Promise<T> {
  const { door, options } = request;
  const names = theoryNames(options);
  const judgement = await judgementOf(names, await profileFor(names, options), policyFolders(options));
  const limits = limitsOf(options.limit, judgement.limits);
  const engines = enginesOf(options);
  return inMemory(limits, async (session) => {
    const seat = new ClingoSeat(() => openClingo(options.clingo), deputyFor(options));
    seatClingo(session, seat);
    try {
      const { program, theories, hashes } = judgement;
      const reading = await readAll(request, session, program, limits, theories);
      door.terminal.progress("judging");
      const judging = engines ?? usualEngines(reading);
      const judge = (from: number, limit: number): Promise<Verdict> =>
        judgeFacts({
          session,
          clock: door.clock,
          limits: { ...limits, violations_page: limit },
          theories: hashes,
          program,
          sources: joinedSources(program.relations, reading.parts),
          offset: from,
          texts: theories,
          engines: seatedEngines(judging),
        });
      const isEmpty = reading.subjects.length === 0 && reading.quarantined === 0;
      const limit = request.needsAll ? limits.report_violations : limits.violations_page;
      const verdict = isEmpty ? nothingGated(hashes) : await judgePage(reading, judge, limit);
      const repaired = wantsRepair(options, verdict) ? await repairAlone(request, theories, reading) : null;
      return await use({ verdict, reading, program, theories, base: null, repaired, events: judgement.events });
    } finally {
      await seat.close();
    }
  });
}

/** Judges documents together with everything that a fact base accepted before, and commits them where they are accepted. Errors: see `gate`. */
export async function judgeWithBase<T>(request: GateRequest, path: string, use: (run: GateRun) => Promise<T>): Promise<T> {
  const { door, options } = request;
  return withFactBase(door, path, options, async (base) => {
    await checkBase(base, path, options);
    return inMemory(base.limits, async (session) => {
      const reading = await readAll(request, session, base.program, base.limits, base.theories);
      const [before] = base.head === 0 ? [] : await base.log({ from: base.head });
      const about = { program: base.program, theories: base.theories, reading, base: { commit: base.head, entry: before?.hash ?? "" } };
      const hashes = Object.fromEntries(base.theories.map(({ name, hash }) => [name, hash]));
      if (reading.subjects.length === 0 && reading.quarantined === 0) {
        return use({ ...about, verdict: nothingGated(hashes), repaired: null, events: [] });
      }
      const delta = await deltaOf(base, reading, options, request.sources);
      door.terminal.progress("judging");
      if (reading.quarantined > 0) {
        const [verdict] = await base.rehearse([delta]);
        if (verdict === undefined) throw new Error("a rehearsal gave no verdict");
        const listed = await reading.quarantine(0, base.limits.violations_page);
        const page = { offset: 0, limit: base.limits.violations_page };
        return use({ ...about, verdict: withQuarantine(verdict, reading.quarantined, listed, page), repaired: null, events: [] });
      }
      const verdict = await wholeVerdict(base, await base.propose(delta), request.needsAll);
      const repaired = wantsRepair(options, verdict) ? await repairsFor(door, base, delta, options.repairs) : null;
      return use({ ...about, verdict, repaired, events: [] });
    });
  });
}

/** The theories asked for: of a repository `gitchain`, else those named, else `alloy`. */
function theoryNames({ git, theory }: GateOptions): readonly string[] {
  if (git !== undefined) return ["gitchain"];
  return theory.length > 0 ? theory : ["alloy"];
}

/**
 * What judges where no engine is named: few facts are judged in memory before DuckDB has planned the statements of all laws; many pass
 * through DuckDB faster, and need not fit.
 */
function usualEngines({ parts }: GateReading): readonly EngineName[] {
  const facts = parts.reduce((sum, { rows }) => sum + rows, 0);
  return [facts < FEW_FACTS ? "incremental" : "duckdb"];
}

function policyFolders({ policy }: GateOptions): string[] {
  return policy === undefined ? [] : [policy];
}

async function profileFor(names: readonly string[], { profile }: GateOptions): Promise<string | undefined> {
  if (profile !== undefined) return profile;
  for (const name of names) if ((await profileNames(await findTheory(name))).includes(USUAL_PROFILE)) return USUAL_PROFILE;
  return undefined;
}

/** A fact base judges by the theories and the profile that it has: whoever asks for others is told. */
async function checkBase(base: FactBase, path: string, options: GateOptions): Promise<void> {
  const inForce = new Set(base.theories.map(({ name }) => name));
  const { profile } = options;
  for (const asked of theoryNames(options)) {
    const { name } = await findTheory(asked);
    if (inForce.has(name)) continue;
    const help = `load it: \`assay load --db ${path} --theory ${asked}\``;
    throw new AssayError("gate.theory", `the theory \`${name}\` is not in force in \`${path}\``, { place: path, help });
  }
  if (profile === undefined) return;
  const found = base.theories.flatMap((theory) => profileOf(theory)?.profile.name ?? []);
  if (found.includes(profile)) return;
  const detail = `\`${path}\` judges by ${found.length === 0 ? "no profile" : `the profile \`${found.join("`, `")}\``}, not by \`${profile}\``;
  throw new AssayError("gate.profile", detail, { place: path });
}

function readAll(
  { door, options, sources, at }: GateRequest,
  session: DuckDbSession,
  program: IrProgram,
  limits: Limits,
  theories: readonly Theory[],
): Promise<GateReading> {
  const { policy = null, artifacts = null, git = null } = options;
  const names = theories.map(({ name }) => name);
  const context = { door, session, relations: program.relations, theories: names, options: { limits, policy, artifacts, at } };
  return readGateSources(context, gateAdapterFor(names, git), sources);
}

async function judgePage(reading: GateReading, judge: (from: number, limit: number) => Promise<Verdict>, limit: number): Promise<Verdict> {
  const listed = await reading.quarantine(0, limit);
  const verdict = await judge(0, Math.max(limit - listed.length, 1));
  return withQuarantine(verdict, reading.quarantined, listed, { offset: 0, limit });
}

function nothingGated(theories: Readonly<Record<string, string>>): Verdict {
  const undecided = nothingChecked("documents", "the sources hold no document to judge");
  const page = new ViolationPage(0, 1);
  return makeVerdict({
    delta: null,
    base: 0,
    theories,
    facts: 0,
    deltaFacts: 0,
    laws: [],
    page,
    refused: false,
    undecided,
    engine: "duckdb",
  });
}

function wantsRepair({ repairs }: GateOptions, { verdict }: Verdict): boolean {
  return repairs > 0 && verdict === "refused";
}

/** Repairs are changes to a delta: the same facts, proposed to a fact base that is made for it and thrown away. */
async function repairAlone({ door, options, sources }: GateRequest, theories: readonly Theory[], reading: GateReading): Promise<Repaired> {
  const base = await FactBase.create(null, factBaseOptions(door.clock, options));
  try {
    await base.loadTheory(theories, { author: "gate", reason: "repairs" });
    return await repairsFor(door, base, await deltaOf(base, reading, options, sources), options.repairs);
  } finally {
    await base.close();
  }
}

function deltaOf(base: FactBase, reading: GateReading, { proposer, reason }: GateOptions, sources: readonly string[]) {
  const proposal = { proposer: proposer ?? accountName(), reason: reason ?? `gate ${sources.join(" ")}`.trim(), replace: reading.replaces };
  return importedDelta(base, reading.parts, proposal);
}

async function inMemory<T>(limits: Limits, action: (session: DuckDbSession) => Promise<T>): Promise<T> {
  const session = await openMemory({ memory_limit: `${limits.memory_mb}MB` });
  try {
    return await action(session);
  } finally {
    session.close();
  }
}
