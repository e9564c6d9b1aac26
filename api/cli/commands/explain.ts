import { type Command, InvalidArgumentError } from "commander";
import { explanationText } from "../../report/explanation_text.ts";
import type { Door } from "../door.ts";
import { withFactBase } from "../fact_base_door.ts";
import { type CommonOptions, count, databaseOption, jsonOption, limitOption } from "../options.ts";
import type { Outcome } from "../outcome.ts";

/** The most that `--depth` takes: a taller proof is read level by level, not at once, and printing recurses into it. */
export const MAX_DEPTH = 1_000;

interface ExplainOptions extends CommonOptions {
  readonly db: string;
  readonly limit: readonly string[];
  readonly whyNot?: boolean;
  readonly depth?: number;
  readonly asOf?: number;
}

const HELP = `
Examples:
  assay explain --db x.duckdb 'reachable("node_modules/zod")'
  assay explain --db x.duckdb --why-not 'reachable("node_modules/left-pad")'
  assay explain --db x.duckdb 8f2e…                                the fingerprint of a violation, from a verdict

The exit code is 0 where the answer fits the question, and 1 where a fact asked for does not hold, or one asked about with
--why-not does.`;

export function explainCommand(root: Command, door: Door): void {
  const command = databaseOption(
    root.command("explain").description("prove a fact or a violation down to base facts, or say what is missing"),
  )
    .argument("<fact|fingerprint>", "a ground fact, 'package(\"…\", …)', or the fingerprint of a violation")
    .option("--why-not", "say what is missing for a fact that does not hold")
    .option("--depth <levels>", "levels of the proof printed", depthCount)
    .option("--as-of <commit>", "explain a fact as of this commit", count)
    .addHelpText("after", HELP);
  jsonOption(limitOption(command)).action(async (target: string, options: ExplainOptions) => {
    await door.answer(await explain(door, target, options), options.json === true);
  });
}

function depthCount(value: string): number {
  const depth = count(value);
  if (depth < 1 || depth > MAX_DEPTH) throw new InvalidArgumentError(`Not from 1 to ${MAX_DEPTH}.`);
  return depth;
}

async function explain(door: Door, target: string, options: ExplainOptions): Promise<Outcome> {
  return withFactBase(door, options.db, options, async (base): Promise<Outcome> => {
    const { asOf, depth } = options;
    const explanation = await base.explain(target, {
      ...(asOf === undefined ? {} : { asOf }),
      ...(depth === undefined ? {} : { depth }),
    });
    const envelope = { ok: true, data: explanation, error: null, events: [], cursor: null };
    const isAsked = (explanation.kind === "why_not") === (options.whyNot === true);
    return { envelope, exit: isAsked ? 0 : 1, text: (style) => explanationText(explanation, style) };
  });
}
