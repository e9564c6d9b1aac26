import { createReadStream } from "node:fs";
import type { Command } from "commander";
import { readStepStream } from "../../../ingest/steps/step_stream.ts";
import type { Intake } from "../../../ingest/steps/take_steps.ts";
import { stepDelta } from "../../machine/step_delta.ts";
import type { Door } from "../door.ts";
import { accountName, withFactBase } from "../fact_base_door.ts";
import { databaseOption, type JudgingOptions, jsonOption, judgingOptions } from "../options.ts";
import type { Outcome } from "../outcome.ts";
import { readBytes } from "../read_bytes.ts";
import { verdictOutcome } from "../verdict_outcome.ts";

interface StepOptions extends JudgingOptions {
  readonly db: string;
  readonly by?: string;
}

const HELP = `
A stream is NDJSON, one step a line: {"thread": "alice", "seq": 1, "step": "book", "cells": {"plan": {"hotel": "Ritz"}}}. Numbers count from 1
in each thread; a step that came before is ignored, one that comes too early waits. A line {"port": {"steps": […], "independent":
[["a", "b"], …]}} adds to the steps that the machine takes. The stream is one delta, judged by the theory machine.`;

export function stepCommand(root: Command, door: Door): void {
  const command = databaseOption(root.command("step").description("append steps to the machine in a fact base"))
    .argument("<stream>", "an NDJSON file, or - for stdin")
    .option("--by <name>", "who proposes; the account where it is not said")
    .addHelpText("after", HELP);
  jsonOption(judgingOptions(command)).action(async (path: string, options: StepOptions) => {
    await door.answer(await step(door, path, options), options.json === true);
  });
}

async function step(door: Door, path: string, options: StepOptions): Promise<Outcome> {
  const started = door.clock.micros();
  return withFactBase(door, options.db, options, async (base): Promise<Outcome> => {
    const source = path === "-" ? "stdin" : path;
    const bound = { limit: "json_bytes", bytes: base.limits.json_bytes } as const;
    const stream = path === "-" ? door.host.stdin : createReadStream(path);
    const text = (await readBytes(stream, { place: source, what: "the stream", ...bound })).toString("utf8");
    const { intake, delta } = await stepDelta(
      base,
      readStepStream(text, source, base.limits),
      options.by ?? accountName(),
      `steps of ${source}`,
    );
    if (delta === null) return nothingNew(intake);
    const verdict = await base.propose(delta);
    const outcome = verdictOutcome(verdict, {
      show: options.show,
      micros: door.clock.micros() - started,
      beside: summary(intake),
      program: base.program,
    });
    if (verdict.verdict !== "accepted") return outcome;
    return { ...outcome, text: (style) => `${joined(outcome.text(style))}\n${intakeText(intake)}` };
  });
}

function summary({ head, taken, duplicates, waiting }: Intake): Readonly<Record<string, unknown>> {
  return { head, steps: taken, duplicates, waiting };
}

function nothingNew(intake: Intake): Outcome {
  const data = { verdict: null, commit: null, ...summary(intake) };
  return { envelope: { ok: true, data, error: null, events: [], cursor: null }, exit: 0, text: () => intakeText(intake) };
}

function intakeText({ head, taken, duplicates, waiting }: Intake): string {
  const count = (n: number, what: string): string[] => (n === 0 ? [] : [`${n} ${what}`]);
  const parts = [`${taken} taken`, ...count(duplicates, "taken before"), ...count(waiting, "waiting")];
  return `${head}\n${parts.join(" · ")}`;
}

function joined(text: string | Iterable<string | Uint8Array>): string {
  return typeof text === "string" ? text : [...text].join("");
}
