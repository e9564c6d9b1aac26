import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Command, Option } from "commander";
import { readMapping } from "../../../ingest/mapping.ts";
import type { Quarantined } from "../../../ingest/quarantine.ts";
import { AssayError } from "../../../schema/assay_error.ts";
import { registry } from "../../../schema/errors.ts";
import type { FactBase } from "../../../verify/fact_base.ts";
import { importDelta } from "../../../verify/import_delta.ts";
import { openMemory } from "../../../verify/store/duckdb_session.ts";
import { leftOutLines, leftOutText } from "../../report/import_text.ts";
import { sourceArguments } from "../arguments.ts";
import type { Door } from "../door.ts";
import { accountName, withFactBase } from "../fact_base_door.ts";
import { type FormatOptions, formatOption, type Output, outputsOf } from "../format_option.ts";
import { importedDelta } from "../imported_delta.ts";
import { databaseOption, type JudgingOptions, jsonOption, judgingOptions, type RepairsOptions, repairsOption } from "../options.ts";
import type { Outcome } from "../outcome.ts";
import { repairsFor } from "../repairs.ts";
import { readSources, type Sources } from "../sources.ts";
import { verdictOutcome } from "../verdict_outcome.ts";
import { cutNotice, needsAll, wholeVerdict } from "../whole_verdict.ts";

interface ImportOptions extends JudgingOptions, FormatOptions, RepairsOptions {
  readonly json?: boolean;
  readonly db: string;
  readonly map?: string;
  readonly onViolation: "refuse" | "quarantine";
  readonly quarantine?: string;
  readonly retry?: boolean;
  readonly replace?: boolean;
  readonly proposer?: string;
  readonly reason?: string;
}

const HELP = `
Sources are as for verify. All of them together are one delta: committed as a whole, or refused as a whole. With
--on-violation quarantine the records are judged one after the other, in the order of the sources, each over what the accepted ones
before it left; those that break a law or became no fact are set aside, each with its reason, and the rest is one commit. So name
sources that others need first, or add --retry, which judges what was set aside again after the others until nothing more is accepted.
--replace also retracts facts of the same relations that the sources no longer hold; the whole is then judged at once.`;

export function importCommand(root: Command, door: Door): void {
  const command = databaseOption(root.command("import").description("propose the facts of files as one delta"))
    .argument("<source...>", "RELATION=FILE, FILE or DIR")
    .option("--map <file>", "a mapping from columns to attributes (TOML)")
    .addOption(new Option("--on-violation <mode>", "what a violation does").choices(["refuse", "quarantine"]).default("refuse"))
    .option("--quarantine <file>", "write what was left out to this file, one JSON object a line")
    .option("--retry", "with quarantine: judge records set aside again after the others")
    .option("--replace", "retract facts of the relations fed that the sources do not hold")
    .option("--proposer <name>", "who proposes; the account's name where absent")
    .option("--reason <text>", "why, for the log")
    .addHelpText("after", HELP);
  repairsOption(formatOption(jsonOption(judgingOptions(command)))).action(async (sources: string[], options: ImportOptions) => {
    const outputs = outputsOf(options);
    await door.report(await runImport(door, sources, options, outputs), outputs);
  });
}

async function runImport(door: Door, texts: readonly string[], options: ImportOptions, outputs: readonly Output[]): Promise<Outcome> {
  const started = door.clock.micros();
  const mapping = options.map === undefined ? null : await readMapping(options.map);
  return withFactBase(door, options.db, options, async (base) => {
    const { relations } = base.program;
    const names = { relations, theories: base.theories.map(({ name }) => name), mapping };
    const found = await sourceArguments(texts, names);
    const session = await openMemory({ memory_limit: `${base.limits.memory_mb}MB` });
    try {
      const onProgress = (text: string): void => door.terminal.progress(text);
      const sources = await readSources({ session, relations, limits: base.limits, onProgress, now: door.clock.now() }, found);
      if (sources.quarantined > 0 && options.onViolation === "refuse") throw await refusal(sources, base.limits.violations_page);
      const reason = options.reason ?? `import of ${texts.join(", ")}`;
      return await propose({ door, base, sources, started, outputs }, { ...options, reason });
    } finally {
      session.close();
    }
  });
}

interface Import {
  readonly door: Door;
  readonly base: FactBase;
  readonly sources: Sources;
  /** Microseconds of the clock. */
  readonly started: number;
  readonly outputs: readonly Output[];
}

async function propose({ door, base, sources, started, outputs }: Import, options: ImportOptions): Promise<Outcome> {
  const { onViolation, show } = options;
  const proposal = {
    proposer: options.proposer ?? accountName(),
    reason: options.reason ?? "import",
    replace: options.replace === true,
  };
  const delta = await importedDelta(base, sources.parts, proposal);
  door.terminal.progress("judging");
  const imported = await importDelta(base, delta, { onViolation, retry: options.retry === true });
  const { setAside, rounds } = imported;
  const verdict = await wholeVerdict(base, imported.verdict, needsAll(outputs));
  const isMended = options.repairs > 0 && verdict.verdict === "refused";
  const repaired = isMended ? await repairsFor(door, base, delta, options.repairs) : null;
  const records = await sources.quarantine(0, base.limits.violations_page);
  const quarantined = { total: sources.quarantined, records };
  if (options.quarantine !== undefined) {
    const all = await sources.quarantine(0, sources.quarantined);
    await pipeline(Readable.from(leftOutLines(all, setAside)), createWriteStream(options.quarantine));
  }
  const outcome = verdictOutcome(repaired === null ? verdict : { ...verdict, repairs: repaired.verdict.repairs }, {
    events: [...sources.events, ...cutNotice(verdict, outputs)],
    show,
    micros: door.clock.micros() - started,
    beside: { quarantined, set_aside: setAside, rounds, ...repaired?.beside },
    program: base.program,
    ...(repaired === null ? {} : { repairsComplete: repaired.isComplete }),
  });
  return {
    ...outcome,
    text: (style) => {
      const leftOut = leftOutText(quarantined, setAside, show, style);
      return (leftOut === "" ? "" : `${leftOut}\n\n`) + outcome.text(style);
    },
  };
}

/** Records that became no fact refuse the import before anything is proposed. */
async function refusal(sources: Sources, page: number): Promise<AssayError> {
  const listed = await sources.quarantine(0, page);
  const also = listed.map(({ code, reason, place }: Quarantined) => {
    return { code, title: registry[code].title, detail: reason, place, help: null };
  });
  const shown = listed.length < sources.quarantined ? `, the first ${listed.length} of them are listed` : "";
  return new AssayError("import.quarantined", `${sources.quarantined} records became no fact${shown}`, {
    place: listed[0]?.place ?? null,
    also,
  });
}
