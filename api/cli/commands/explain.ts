import type { Command } from "commander";
import type { Door } from "../door.ts";
import { withFactBase } from "../fact_base_door.ts";
import { type CommonOptions, count, databaseOption, jsonOption, limitOption } from "../options.ts";
import type { Outcome } from "../outcome.ts";

interface ExplainOptions extends CommonOptions {
  readonly db: string;
  readonly limit: readonly string[];
  readonly whyNot?: boolean;
  readonly depth?: number;
  readonly asOf?: number;
}

export function explainCommand(root: Command, door: Door): void {
  const command = databaseOption(
    root.command("explain").description("prove a fact or a violation down to base facts, or say what is missing"),
  )
    .argument("<fact|fingerprint>", "a ground fact, 'package(\"…\", …)', or the fingerprint of a violation")
    .option("--why-not", "say what is missing for a fact that does not hold")
    .option("--depth <levels>", "levels of the proof printed", count)
    .option("--as-of <commit>", "explain as of this commit", count);
  jsonOption(limitOption(command)).action(async (target: string, options: ExplainOptions) => {
    await door.answer(await explain(door, target, options), options.json === true);
  });
}

async function explain(door: Door, target: string, options: ExplainOptions): Promise<Outcome> {
  return withFactBase(door, options.db, options.limit, async (base): Promise<Outcome> => {
    const explanation = await base.explain({ atom: target });
    const envelope = { ok: true, data: explanation, error: null, events: [], cursor: null };
    return { envelope, exit: 0, text: () => JSON.stringify(explanation) };
  });
}
