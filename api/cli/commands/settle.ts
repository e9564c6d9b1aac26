import { type Command, Option } from "commander";
import type { ErrorReport } from "../../../schema/assay_error.ts";
import type { FactBase } from "../../../verify/fact_base.ts";
import { changesOf, computed } from "../../machine/computed_changes.ts";
import { readFibers } from "../../machine/read_fibers.ts";
import { machineReader } from "../../machine/read_machine.ts";
import { type FactChanges, type SettledChange, type Standing, settledChanges, standings } from "../../machine/settle_delta.ts";
import { settledRows } from "../../machine/settled_rows.ts";
import type { Table } from "../../report/table.ts";
import { tableText } from "../../report/table_text.ts";
import type { Door } from "../door.ts";
import { accountName, withFactBase } from "../fact_base_door.ts";
import { count, databaseOption, type JudgingOptions, jsonOption, judgingOptions } from "../options.ts";
import type { Outcome } from "../outcome.ts";
import { usageError } from "../usage.ts";
import { verdictOutcome } from "../verdict_outcome.ts";

interface SettleOptions extends JudgingOptions {
  readonly db: string;
  readonly at: readonly string[];
  readonly asOf?: number;
  readonly since?: number;
  readonly propose?: (typeof computed)[number];
  readonly by?: string;
}

const HELP = `
Each element of the fibers over the histories named, or of all: whether saturation and transfer fix it (fixed), one of them does (saturated,
transferred) or neither (free); the least settled element above, and how many elements lie between. --propose proposes what was
computed, to be judged like any other delta: hstar the settled elements, nuclei those that the mode derived asks for (fibers by points), news
what settles anew along the stepping map.`;

export function settleCommand(root: Command, door: Door): void {
  const command = databaseOption(root.command("settle").description("compute what is settled in the fibers of a machine"))
    .option("--at <history>", "the history of a fiber (repeatable)", (value: string, all: readonly string[]) => [...all, value], [])
    .option("--as-of <commit>", "read as of this commit", count)
    .option("--since <commit>", "tell what settled, and what is settled no more, since this commit", count)
    .addOption(new Option("--propose <what>", "propose what was computed").choices(computed))
    .option("--by <name>", "who proposes; the account where it is not said")
    .addHelpText("after", HELP);
  jsonOption(judgingOptions(command)).action(async (options: SettleOptions) => {
    await door.answer(await settle(door, options), options.json === true);
  });
}

async function settle(door: Door, options: SettleOptions): Promise<Outcome> {
  const started = door.clock.micros();
  return withFactBase(door, options.db, options, async (base): Promise<Outcome> => {
    const read = machineReader(base, options.asOf ?? null);
    const histories = options.at.length === 0 ? null : options.at;
    const fibers = await readFibers(read, histories);
    const found = standings(fibers, await settledRows(fibers));
    if (options.since !== undefined) {
      if (options.propose !== undefined)
        throw usageError("`--since` tells what changed, `--propose` proposes what is: they exclude each other");
      const earlier = await readFibers(machineReader(base, options.since), histories);
      return changed(settledChanges(standings(earlier, await settledRows(earlier)), found));
    }
    if (options.propose === undefined) return shown(found);
    const { changes, events } = await changesOf(options.propose, read, found, histories);
    if (changes.assert.size + changes.retract.size === 0) return nothingNew(found, events);
    return proposed(door, base, options, { changes, events, asOf: read.asOf, started });
  });
}

async function proposed(
  door: Door,
  base: FactBase,
  options: SettleOptions,
  {
    changes,
    events,
    asOf,
    started,
  }: { readonly changes: FactChanges; readonly events: readonly ErrorReport[]; readonly asOf: number; readonly started: number },
): Promise<Outcome> {
  const { propose, show } = options;
  const proposal = { proposer: options.by ?? accountName(), reason: `computed ${propose}`, base: asOf, key: null, places: new Map() };
  const verdict = await base.propose({ ...proposal, ...changes });
  return verdictOutcome(verdict, { show, micros: door.clock.micros() - started, events, program: base.program });
}

function shown(found: readonly Standing[]): Outcome {
  const table: Table = {
    columns: [
      { name: "history", type: "symbol" },
      { name: "element", type: "symbol" },
      { name: "class", type: "symbol" },
      { name: "settles to", type: "symbol" },
      { name: "gap", type: "number" },
    ],
    rows: found.map((one) => [one.at, one.element, one.class, one.settled, BigInt(one.gap)]),
  };
  const data = { elements: found.map(({ isNamed: _isNamed, ...one }) => one) };
  return { envelope: { ok: true, data, error: null, events: [], cursor: null }, exit: 0, text: (style) => tableText(table, style) };
}

function changed(changes: readonly SettledChange[]): Outcome {
  const names = ["history", "element", "change"];
  const table: Table = {
    columns: names.map((name) => ({ name, type: "symbol" })),
    rows: changes.map(({ at, element, change }) => [at, element, change]),
  };
  return {
    envelope: { ok: true, data: { changes }, error: null, events: [], cursor: null },
    exit: 0,
    text: (style) => tableText(table, style),
  };
}

function nothingNew(found: readonly Standing[], events: readonly ErrorReport[]): Outcome {
  const data = { verdict: null, commit: null, elements: found.length };
  return { envelope: { ok: true, data, error: null, events, cursor: null }, exit: 0, text: () => "nothing new: the facts are as computed" };
}
