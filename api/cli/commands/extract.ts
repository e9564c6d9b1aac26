import type { Command } from "commander";
import { assertFiles } from "../../../ingest/text/assert_files.ts";
import { AssayError } from "../../../schema/assay_error.ts";
import type { FactBase } from "../../../verify/fact_base.ts";
import { JobRunner } from "../../../verify/jobs/job_runner.ts";
import { allowMissing } from "../../jobs/allow_missing.ts";
import { extractFiles } from "../../jobs/extract_files.ts";
import { countsOf, type ExtractedFile, exitOfExtraction } from "../../jobs/extraction.ts";
import type { ModelShelf } from "../../jobs/model_shelf.ts";
import { extractText } from "../../report/extract_text.ts";
import { factText } from "../../report/fact_text.ts";
import type { Door } from "../door.ts";
import { storedFacts, withExtractionBase } from "../extraction_base.ts";
import { accountName } from "../fact_base_door.ts";
import { type JobOptions, jobBounds, jobOptions, relationNames } from "../job_options.ts";
import { type ModelOptions, modelOptions, modelShelf } from "../model_options.ts";
import { count, type JudgingOptions, jsonOption, judgingOptions, type TheoryOptions, theoryOption } from "../options.ts";
import type { Outcome } from "../outcome.ts";
import { ownRelations } from "../own_relations.ts";
import { usageError } from "../usage.ts";
import { writeLeftOut } from "../write_left_out.ts";

interface ExtractOptions extends JudgingOptions, TheoryOptions, JobOptions, ModelOptions {
  readonly db?: string;
  readonly model: string;
  readonly relations: readonly string[];
  readonly piece?: number;
  readonly quarantine?: string;
}

const LEAST_PIECE = 50;

const HELP = `
Each file is a text in UTF-8. It is cut into pieces, behind a blank line where one is; a job per piece asks the model for facts of the base
relations of the theories named, and what the laws refuse goes back to the model with the reasons. What is accepted is committed piece by
piece, each over what those before it left, so name files that others need first. A fact whose halves stand in two pieces is not found.
All that was asked and answered is on record as facts of the theory \`jobs\` (\`assay job list\`). A second run of the same files asks no
model again for what was accepted, unless --view shows the model facts that have changed.

Without --db the facts are held in memory, judged by the theories, and printed. With it the theories must be in force there, and \`jobs\` too;
the jobs are allowed to write the relations that you name.

Examples:
  assay extract --theory shop --model learner.gguf letters/*.txt
  assay extract --db shop.duckdb --theory shop --model learner.gguf --quarantine left_out.ndjson letters/*.txt
  ASSAY_MODEL_KEY=… assay extract --theory shop --model https://api.example.org/v1#NAME letters/*.txt    # sends the texts there

Exit codes: 0 facts were committed, and what stayed unlawful was set aside · 1 something stayed unlawful · 2 a model failed, or nothing
was found · 3 usage or input · 4 internal.`;

export function extractCommand(root: Command, door: Door): void {
  const command = root
    .command("extract")
    .description("let a model find facts in texts, and commit what is lawful")
    .argument("<file...>", "texts in UTF-8")
    .requiredOption("--model <model>", "a GGUF file, NAME=FILE, or URL#MODEL of an OpenAI-compatible endpoint")
    .option("--db <file>", "the fact base; in memory where absent")
    .option("--relations <names>", "base relations to fill, separated by commas; all of the theories named where absent", relationNames, [])
    .option("--piece <characters>", "characters of a piece at most; `piece_characters` where absent", count)
    .option("--quarantine <file|dir>", "keep what stayed unlawful here: one JSON object a line, or a file each in a folder (PATH/)")
    .addHelpText("after", HELP);
  theoryOption(modelOptions(jobOptions(command)), "a theory whose relations are filled (repeatable)");
  jsonOption(judgingOptions(command)).action(async (files: string[], options: ExtractOptions) => {
    await door.answer(await extract(door, files, options), options.json === true);
  });
}

async function extract(door: Door, files: readonly string[], options: ExtractOptions): Promise<Outcome> {
  const { db, theory, piece, quarantine } = options;
  if (theory.length + options.relations.length === 0) throw usageError("`--theory` or `--relations` says which relations to fill");
  if (db === undefined && theory.length === 0) throw usageError("without `--db` the facts are judged by a `--theory`, and none is named");
  if (piece !== undefined && piece < LEAST_PIECE)
    throw usageError(`a piece of ${piece} characters is too short; ${LEAST_PIECE} are the least`);
  await assertFiles(files);
  const relations = options.relations.length > 0 ? options.relations : await ownRelations(theory);
  const stop = new AbortController();
  const interrupt = (): void => stop.abort(new AssayError("model.cancelled", "interrupted"));
  const models = modelShelf([options.model], door.clock, options);
  process.once("SIGINT", interrupt);
  try {
    return await withExtractionBase(door, options, async (base) => {
      const found = await extractInto(door, base, models, { files, relations, signal: stop.signal }, options);
      if (quarantine !== undefined) await writeLeftOut(quarantine, found);
      return await outcomeOf(base, found, { relations, isKept: db !== undefined, quarantine: quarantine ?? null });
    });
  } finally {
    process.off("SIGINT", interrupt);
    await models.close();
  }
}

interface Asked {
  readonly files: readonly string[];
  readonly relations: readonly string[];
  readonly signal: AbortSignal;
}

async function extractInto(
  door: Door,
  base: FactBase,
  models: ModelShelf,
  { files, relations, signal }: Asked,
  options: ExtractOptions,
): Promise<ExtractedFile[]> {
  const proposer = options.by ?? accountName();
  const bounds = jobBounds(options);
  const model = models.names[0] ?? "";
  await models.model(model);
  await allowMissing(base, bounds.kind, relations, proposer);
  const runner = await JobRunner.open(base, door.clock);
  try {
    return await extractFiles({ base, clock: door.clock, runner, models }, files, {
      job: { ...bounds, by: { model }, relations, proposer },
      piece: options.piece ?? base.limits.piece_characters,
      reasons: options.show,
      signal,
      onProgress: (text) => door.terminal.progress(text),
    });
  } finally {
    await runner.close();
  }
}

interface Kept {
  readonly relations: readonly string[];
  readonly isKept: boolean;
  readonly quarantine: string | null;
}

async function outcomeOf(base: FactBase, files: readonly ExtractedFile[], { relations, isKept, quarantine }: Kept): Promise<Outcome> {
  const counts = countsOf(files);
  const facts = isKept ? null : await storedFacts(base, relations);
  const shown = files.map(({ pieces, ...file }) => ({ ...file, pieces: pieces.map(({ text: _, ...piece }) => piece) }));
  const data = { files: shown, counts, head: base.head, quarantine, ...(facts === null ? {} : { facts: Object.fromEntries(facts) }) };
  return {
    envelope: { ok: true, data, error: null, events: [], cursor: null },
    exit: exitOfExtraction(counts, quarantine !== null),
    text: (style) => {
      const lines = [...(facts ?? [])].flatMap(([relation, rows]) => rows.map((row) => factText(relation, row)));
      return [extractText(files, style), ...(lines.length === 0 ? [] : [lines.join("\n")])].join("\n\n");
    },
  };
}
