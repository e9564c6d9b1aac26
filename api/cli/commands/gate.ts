import type { Command } from "commander";
import { signingKey } from "../../../verify/signing/keys.ts";
import { printable } from "../../report/fact_text.ts";
import type { Style } from "../../report/style.ts";
import type { Door } from "../door.ts";
import { type FormatOptions, formatOption, type Output, outputsOf } from "../format_option.ts";
import { type AttestationRequest, attestRun } from "../gate_attestation.ts";
import { type GateOptions, type GateRun, judgeAlone, judgeWithBase } from "../gate_run.ts";
import { jsonOption, judgingOptions, profileOption, repairsOption, theoryOption } from "../options.ts";
import type { Outcome } from "../outcome.ts";
import { ownViolations } from "../own_violations.ts";
import { readTextFile } from "../text_file.ts";
import { usageError } from "../usage.ts";
import { verdictOutcome } from "../verdict_outcome.ts";
import { cutNotice, needsAll } from "../whole_verdict.ts";

interface Options extends GateOptions, FormatOptions {
  readonly json?: boolean;
  readonly at?: string;
  readonly attest?: string;
  readonly attestTo: string;
  readonly resource?: string;
}

const HELP = `
Judges proof documents by the theory alloy, or whatever --theory names, and says for every law whether it holds. With --base the documents
are judged together with everything that the fact base ever accepted, and acceptance commits them. With --git the attestation chain of a
repository is recomputed and held against its history. No network is used.

Examples:
  assay gate release.alloy.json
  assay gate --profile strict --policy policy/ --artifacts dist/ alloys/
  assay gate --base facts.duckdb --format github --format sarif=assay.sarif --attest key.pem alloys/
  assay gate --theory npm .
  assay gate --git . .attestation/chain.json

Exit codes: 0 accepted · 1 refused · 2 undecided or nothing checked · 3 usage or input · 4 internal.`;

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

export function gateCommand(root: Command, door: Door): void {
  const command = root.command("gate").description("judge proof documents, for a pipeline: files in, verdict and exit code out");
  profileOption(theoryOption(command, "a shipped theory or a folder, in the place of alloy (repeatable)"))
    .argument("[source...]", "FILE or DIR, - for stdin")
    .option("--policy <dir>", "what the judge knows: keys, roles, thresholds, profiles")
    .option("--base <file>", "judge together with this fact base, and commit what is accepted")
    .option("--artifacts <dir>", "measure the files that documents speak of")
    .option("--at <time>", "judge as of this time (RFC 3339); now where absent")
    .option("--git <dir>", "recompute the attestation chain of this repository")
    .option("--attest <pem>", "sign the verdict with this private key")
    .option("--attest-to <file>", "where the signed verdict goes", "assay-verdict.intoto.jsonl")
    .option("--resource <uri>", "what the signed verdict calls the judged resource")
    .option("--proposer <name>", "with --base: who proposes; the account's name where absent")
    .option("--reason <text>", "with --base: why, for the log")
    .addHelpText("after", HELP);
  repairsOption(formatOption(jsonOption(judgingOptions(command)))).action(async (sources: string[], options: Options) => {
    const outputs = outputsOf(options);
    await door.report(await gate(door, sources, options, outputs), outputs);
  });
}

async function gate(door: Door, sources: readonly string[], options: Options, outputs: readonly Output[]): Promise<Outcome> {
  const started = door.clock.micros();
  if (sources.length === 0 && options.git === undefined) throw usageError("no document is named", "name files or folders, or - for stdin");
  if (options.git !== undefined && options.theory.length > 0)
    throw usageError("`--git` judges by the theory `gitchain` and takes no other");
  const at = options.at ?? door.clock.now();
  if (!TIME.test(at) || Number.isNaN(Date.parse(at))) throw usageError(`\`--at ${at}\` is no time`, "write it as 2026-11-21T07:30:00Z");
  const attestation = await attestationOf(door, options, at);
  const request = { door, options, sources, at, needsAll: needsAll(outputs) || attestation !== null };
  const finish = async (run: GateRun): Promise<Outcome> => {
    const attested = attestation === null ? null : await attestRun(door, run, attestation);
    return outcomeOf(run, attested, { show: options.show, micros: door.clock.micros() - started, outputs });
  };
  return options.base === undefined ? judgeAlone(request, finish) : judgeWithBase(request, options.base, finish);
}

async function attestationOf(door: Door, { attest, attestTo, resource }: Options, at: string): Promise<AttestationRequest | null> {
  if (attest === undefined) return null;
  return { key: signingKey(await readTextFile(door, attest), attest), file: attestTo, at, resource: resource ?? null };
}

interface Printing {
  readonly show: number;
  readonly micros: number;
  readonly outputs: readonly Output[];
}

function outcomeOf(run: GateRun, attested: Readonly<Record<string, unknown>> | null, { show, micros, outputs }: Printing): Outcome {
  const { reading, program, repaired } = run;
  const whole = repaired === null ? run.verdict : { ...run.verdict, repairs: repaired.verdict.repairs };
  const { verdict, events } = ownViolations(whole);
  const outcome = verdictOutcome(verdict, {
    events: [...run.events, ...reading.events, ...events, ...cutNotice(verdict, outputs)],
    show,
    micros,
    program,
    laws: "all",
    subjects: reading.subjects.map(({ name }) => name),
    folder: reading.folder,
    beside: { subjects: reading.subjects, ...reading.summary, attestation: attested, ...repaired?.beside },
    ...(repaired === null ? {} : { repairsComplete: repaired.isComplete }),
  });
  const envelope = { ...outcome.envelope, data: { ...(outcome.envelope.data as object), ...whole } };
  return { ...outcome, envelope, text: (style) => [outcome.text(style), ...besideLines(run, attested, style)].join("\n") };
}

function besideLines({ reading }: GateRun, attested: Readonly<Record<string, unknown>> | null, style: Style): string[] {
  const told = Object.entries(reading.summary).map(([name, value]) => style("dim", printable(`${name} ${JSON.stringify(value)}`)));
  return attested === null ? told : [...told, style("dim", `signed as ${attested["file"]} by ${attested["keyid"]}`)];
}
