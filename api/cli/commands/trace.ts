import type { Command } from "commander";
import { Alphabet } from "../../../compute/traces/alphabet.ts";
import { machineReader, readPresentation } from "../../machine/read_machine.ts";
import { COUNTED_LENGTH, type ComparedTraces, type TraceData, traceData } from "../../machine/trace_data.ts";
import { countText } from "../../report/count_text.ts";
import type { Door } from "../door.ts";
import { withFactBase } from "../fact_base_door.ts";
import { type CommonOptions, count, jsonOption, limitOption, limitsOf } from "../options.ts";
import type { Outcome } from "../outcome.ts";
import { usageError } from "../usage.ts";

interface TraceOptions extends CommonOptions {
  readonly limit: readonly string[];
  readonly db?: string;
  readonly steps?: string;
  readonly independent: readonly string[];
  readonly count?: number;
  readonly file?: string;
}

const HELP = `
A word is a list of steps, 'b a d', or a history, '(a b)(c)'. Each is brought to its Foata form: the steps of a layer may run at once, the layers one
after the other. Two words are compared as well: their meet, their join where they have one, and what the second has beyond the first.
--file reads words from the column history of a CSV, TSV, Parquet or Arrow file and prints their forms as CSV.

Examples:
  assay trace --steps a,b,c,d --independent a,d --independent b,c 'b a d a c b'
  assay trace --db trip.duckdb '(flights)' '(hotel)'
  assay trace --steps a,b --independent a,b --count 5`;

export function traceCommand(root: Command, door: Door): void {
  const repeatable = (value: string, all: readonly string[]): readonly string[] => [...all, value];
  const command = root
    .command("trace")
    .description("bring words of steps to their Foata form, compare and count histories")
    .argument("[word...]", "'a b c' or '(a b)(c)'; the empty history is e")
    .option("--db <file>", "the fact base whose steps and independence are meant")
    .option("--steps <names>", "the steps, separated by commas")
    .option("--independent <a,b>", "two steps that may be swapped (repeatable)", repeatable, [])
    .option("--count <length>", "count the histories of each length up to this one", count)
    .option("--file <file>", "words in the column history of a file")
    .addHelpText("after", HELP);
  jsonOption(limitOption(command)).action(async (words: string[], options: TraceOptions) => {
    const alphabet = await alphabetOf(door, options);
    const outcome = options.file === undefined ? traces(alphabet, words, options) : await traceFile(alphabet, options.file, words);
    await door.answer(outcome, options.json === true);
  });
}

async function alphabetOf(door: Door, options: TraceOptions): Promise<Alphabet> {
  const { db, steps, independent } = options;
  if ((db === undefined) === (steps === undefined)) throw usageError("either `--db` or `--steps` says which steps there are");
  if (db !== undefined) {
    if (independent.length > 0) throw usageError("`--db` says what is independent, so `--independent` has no place");
    const stored = await withFactBase(door, db, options, (base) => readPresentation(machineReader(base, null)));
    return new Alphabet(stored.steps, stored.independent);
  }
  return new Alphabet(steps?.split(",") ?? [], independent.map(pair));
}

function pair(text: string): readonly [string, string] {
  const [a, b, more] = text.split(",");
  if (a === undefined || b === undefined || more !== undefined)
    throw usageError(`\`--independent ${text}\` does not name two steps, as in \`a,b\``);
  return [a, b];
}

function traces(alphabet: Alphabet, texts: readonly string[], { count: length, limit }: TraceOptions): Outcome {
  const limits = limitsOf(limit);
  if (texts.length === 0 && length === undefined) throw usageError("a word is missing, or `--count`");
  if (length !== undefined && length > COUNTED_LENGTH) throw usageError(`\`--count\` goes to ${COUNTED_LENGTH}`);
  const data = traceData(alphabet, texts, length ?? null, limits);
  const { traces: found, compared, counts } = data;
  const lines = [
    ...found.map((one) => `${one.history}\n  ${traceText(one)}`),
    ...(compared === null ? [] : [comparedText(compared)]),
    ...(counts === null ? [] : [`histories of length 0 to ${length}: ${counts.histories.join(" ")}`]),
  ];
  return { envelope: { ok: true, data, error: null, events: [], cursor: null }, exit: 0, text: () => lines.join("\n") };
}

function traceText({ depth, height, prefixes, words }: TraceData): string {
  const orders = words === "1" ? "1 order" : `${words} orders`;
  return `${countText(depth, "step")} in ${countText(height, "layer")}, ${countText(prefixes, "prefix", "prefixes")}, ${orders}`;
}

function comparedText({ is_same, meet: common, join: least, residual: rest }: ComparedTraces): string {
  const relation = is_same
    ? "the same history"
    : rest === null
      ? "the first is no prefix of the second"
      : `the second is the first and then ${rest}`;
  return `${relation}\nmeet ${common}\njoin ${least ?? "none: steps beyond the meet depend on each other"}`;
}

async function traceFile(alphabet: Alphabet, path: string, words: readonly string[]): Promise<Outcome> {
  if (words.length > 0) throw usageError("words and `--file` exclude each other");
  // Polars takes its time to load, which words on the command line should not pay.
  const { readHistories } = await import("../../../compute/traces/read_histories.ts");
  const { csv, ...data } = await readHistories(alphabet, path);
  return { envelope: { ok: true, data, error: null, events: [], cursor: null }, exit: 0, text: () => [csv] };
}
