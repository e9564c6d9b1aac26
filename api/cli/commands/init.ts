import { rm } from "node:fs/promises";
import type { Command } from "commander";
import { FactBase } from "../../../verify/fact_base.ts";
import { journalPaths } from "../../../verify/store/journal.ts";
import type { Door } from "../door.ts";
import { accountName } from "../fact_base_door.ts";
import {
  databaseOption,
  factBaseOptions,
  type JudgingOptions,
  jsonOption,
  judgingOptions,
  type ProfileOptions,
  profileOption,
  type TheoryOptions,
  theoryOption,
} from "../options.ts";
import type { Outcome } from "../outcome.ts";
import { foundTheories } from "../theories.ts";
import { verdictOutcome } from "../verdict_outcome.ts";

interface InitOptions extends JudgingOptions, TheoryOptions, ProfileOptions {
  readonly db: string;
  readonly author?: string;
}

export function initCommand(root: Command, door: Door): void {
  const command = root.command("init").description("make an empty fact base, with theories in force where some are named");
  theoryOption(databaseOption(command), "a theory to put in force (repeatable)").option("--author <name>", "who does it");
  jsonOption(judgingOptions(profileOption(command))).action(async (options: InitOptions) => {
    await door.answer(await init(door, options), options.json === true);
  });
}

async function init(door: Door, options: InitOptions): Promise<Outcome> {
  const started = door.clock.micros();
  const theories = await foundTheories(options.theory, options.profile);
  const base = await FactBase.create(options.db, factBaseOptions(door.clock, options));
  try {
    if (theories.length === 0) return emptyOutcome(options.db);
    const verdict = await base.loadTheory(theories, { author: options.author ?? accountName(), reason: "init" });
    return verdictOutcome(verdict, { show: options.show, micros: door.clock.micros() - started, program: base.program });
  } catch (cause) {
    await base.close();
    for (const path of [options.db, `${options.db}.wal`, ...journalPaths(options.db)]) await rm(path, { force: true });
    throw cause;
  } finally {
    await base.close();
  }
}

function emptyOutcome(db: string): Outcome {
  return {
    envelope: { ok: true, data: { db, head: 0, theories: {} }, error: null, events: [], cursor: null },
    exit: 0,
    text: () => `made ${db}, with no theory in force; \`assay load --db ${db} --theory …\` puts one`,
  };
}
