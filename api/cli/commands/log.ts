import type { Command } from "commander";
import type { LogCheck } from "../../../verify/check_log.ts";
import { countText } from "../../report/count_text.ts";
import { logText } from "../../report/log_text.ts";
import type { Style } from "../../report/style.ts";
import type { Door } from "../door.ts";
import { withFactBase } from "../fact_base_door.ts";
import { type CommonOptions, count, databaseOption, jsonOption, limitOption } from "../options.ts";
import type { Outcome } from "../outcome.ts";

interface LogOptions extends CommonOptions {
  readonly db: string;
  readonly limit: readonly string[];
  readonly check?: boolean;
  readonly from?: number;
  readonly to?: number;
}

const HELP = `
--check recomputes every hash of the chain from the stored deltas, verdicts and theories, and says where it breaks (exit code 1).`;

export function logCommand(root: Command, door: Door): void {
  const command = databaseOption(root.command("log").description("show the commit log, or recompute all of it"))
    .option("--check", "recompute the whole chain")
    .option("--from <commit>", "the first commit shown", count)
    .option("--to <commit>", "the last commit shown", count)
    .addHelpText("after", HELP);
  jsonOption(limitOption(command)).action(async (options: LogOptions) => {
    await door.answer(await log(door, options), options.json === true);
  });
}

async function log(door: Door, options: LogOptions): Promise<Outcome> {
  return withFactBase(door, options.db, options, async (base): Promise<Outcome> => {
    if (options.check === true) return checkOutcome(await base.checkLog());
    const { from, to } = options;
    const entries = await base.log({ ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) });
    const envelope = { ok: true, data: { head: base.head, entries }, error: null, events: [], cursor: null };
    return { envelope, exit: 0, text: (style) => logText(entries, style) };
  });
}

function checkOutcome(check: LogCheck): Outcome {
  const envelope = { ok: true, data: check, error: null, events: [], cursor: null };
  return { envelope, exit: check.ok ? 0 : 1, text: (style) => checkText(check, style) };
}

function checkText(check: LogCheck, style: Style): string {
  const held = `${countText(check.commits, "commit")} recomputed, head ${check.head}`;
  if (check.break === null) return `${style("green", "✓")} ${held}`;
  const { commit, what, detail } = check.break;
  return `${style("red", "✗")} the chain breaks at commit ${commit}, ${what}: ${detail}\n  ${style("dim", `before it: ${held}`)}`;
}
