import type { Command } from "commander";
import { openClingo } from "../../../logic/engines/clingo/open_clingo.ts";
import type { Verdict } from "../../../schema/verdict.ts";
import { ClingoSeat, seatClingo } from "../../../verify/checks/answer_sets.ts";
import { seatedEngines } from "../../../verify/engine_name.ts";
import { judgeFacts } from "../../../verify/judge_facts.ts";
import { openMemory } from "../../../verify/store/duckdb_session.ts";
import { cursorOffset } from "../../../verify/violation_page.ts";
import { adapterFor } from "../adapters.ts";
import { sourceArguments } from "../arguments.ts";
import type { Door } from "../door.ts";
import { type FormatOptions, formatOption, type Output, outputsOf } from "../format_option.ts";
import {
  deputyFor,
  enginesOf,
  type JudgingOptions,
  jsonOption,
  judgingOptions,
  limitsOf,
  type ProfileOptions,
  profileOption,
  type TheoryOptions,
  theoryOption,
} from "../options.ts";
import type { Outcome } from "../outcome.ts";
import { withQuarantine } from "../quarantine_verdict.ts";
import { sourceNames } from "../source_names.ts";
import { joinedSources } from "../source_part.ts";
import { readSources, type Sources } from "../sources.ts";
import { judgementOf } from "../theories.ts";
import { usageError } from "../usage.ts";
import { verdictOutcome } from "../verdict_outcome.ts";
import { cutNotice, needsAll } from "../whole_verdict.ts";

interface VerifyOptions extends JudgingOptions, TheoryOptions, ProfileOptions, FormatOptions {
  readonly json?: boolean;
  readonly cursor?: string;
}

const HELP = `
A source is RELATION=FILE (CSV, TSV, NDJSON, JSON, Parquet, Arrow), a file named like its relation, a folder of such files, or what
an adapter reads: a package-lock.json or its folder, for the theory npm. Without a source the current folder is taken, and without a
theory that of the adapter.

Examples:
  assay verify
  assay verify --theory npm path/to/package-lock.json
  assay verify --theory ./shop order=orders.parquet customer=customers.csv`;

export function verifyCommand(root: Command, door: Door): void {
  const command = root.command("verify").description("judge files by theories; no database: files in, verdict out");
  theoryOption(command, "a shipped theory or a folder (repeatable)")
    .argument("[source...]", "RELATION=FILE, FILE or DIR")
    .option("--cursor <cursor>", "list the violations behind this cursor of an earlier answer")
    .addHelpText("after", HELP);
  formatOption(jsonOption(judgingOptions(profileOption(command)))).action(async (sources: string[], options: VerifyOptions) => {
    const outputs = outputsOf(options);
    await door.report(await verify(door, sources, options, outputs), outputs);
  });
}

async function verify(door: Door, texts: readonly string[], options: VerifyOptions, outputs: readonly Output[]): Promise<Outcome> {
  const started = door.clock.micros();
  const offset = options.cursor === undefined ? 0 : cursorOffset(options.cursor);
  if (offset === null) throw usageError(`\`${options.cursor}\` is no cursor of an answer`);
  const sources = texts.length > 0 ? texts : ["."];
  const theories = options.theory.length > 0 ? options.theory : await theoriesOfAdapters(sources);
  const judgement = await judgementOf(theories, options.profile);
  const engines = enginesOf(options);
  const limits = limitsOf(options.limit, judgement.limits);
  const { relations } = judgement.program;
  const names = { relations, theories: judgement.theories.map(({ name }) => name), mapping: null };
  const found = await sourceArguments(sources, names);
  const session = await openMemory({ memory_limit: `${limits.memory_mb}MB` });
  const seat = new ClingoSeat(() => openClingo(options.clingo), deputyFor(options));
  seatClingo(session, seat);
  try {
    const onProgress = (text: string): void => door.terminal.progress(text);
    const read = await readSources({ session, relations, limits, onProgress, now: door.clock.now() }, found);
    onProgress("judging");
    const judge = (from: number, limit: number): Promise<Verdict> =>
      judgeFacts({
        session,
        clock: door.clock,
        limits: { ...limits, violations_page: limit },
        theories: judgement.hashes,
        program: judgement.program,
        sources: joinedSources(relations, read.parts),
        offset: from,
        texts: judgement.theories,
        ...(engines === null ? {} : { engines: seatedEngines(engines) }),
      });
    const limit = needsAll(outputs) ? limits.report_violations : limits.violations_page;
    const verdict = await judgePage(read, judge, { offset, limit });
    const events = [...judgement.events, ...read.events, ...cutNotice(verdict, outputs)];
    const micros = door.clock.micros() - started;
    const { program } = judgement;
    return verdictOutcome(verdict, { events, show: options.show, micros, program, ...(await sourceNames(found)) });
  } finally {
    await seat.close();
    session.close();
  }
}

async function theoriesOfAdapters(sources: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const source of sources) {
    const adapter = await adapterFor(source, []);
    if (adapter !== null) found.add(adapter.theory);
  }
  return [...found];
}

/** Records that became no fact come first, then the laws' violations. */
async function judgePage(
  read: Sources,
  judge: (from: number, limit: number) => Promise<Verdict>,
  page: { readonly offset: number; readonly limit: number },
): Promise<Verdict> {
  const listed = await read.quarantine(page.offset, page.limit);
  const room = page.limit - listed.length;
  const verdict = await judge(Math.max(0, page.offset - read.quarantined), Math.max(room, 1));
  return withQuarantine(verdict, read.quarantined, listed, page);
}
