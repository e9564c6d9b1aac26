import type { Command } from "commander";
import { readScenarios } from "../../../logic/scenario.ts";
import { findTheory, shippedTheories, type Theory } from "../../../logic/theory.ts";
import { runScenarios, type ScenarioReport } from "../../../verify/run_scenarios.ts";
import { scenariosText } from "../../report/scenarios_text.ts";
import type { Door } from "../door.ts";
import { factBaseOptions, type JudgingOptions, jsonOption, judgingOptions, type TheoryOptions, theoryOption } from "../options.ts";
import type { ExitCode, Outcome } from "../outcome.ts";

const HELP = `
Without --theory all shipped theories are tested. A law that no scenario makes fire is reported; for a shipped theory it is a failure.
Exit codes: 0 all as told · 1 some not · 2 there are no scenarios.`;

interface Tested {
  readonly theory: Theory;
  readonly isShipped: boolean;
  readonly report: ScenarioReport;
}

export function testCommand(root: Command, door: Door): void {
  const command = theoryOption(
    root.command("test").description("run the scenarios of theories"),
    "a shipped theory or a folder (repeatable)",
  );
  command.addHelpText("after", HELP);
  jsonOption(judgingOptions(command)).action(async (options: JudgingOptions & TheoryOptions) => {
    await door.answer(await runTests(door, options), options.json === true);
  });
}

async function runTests(door: Door, options: JudgingOptions & TheoryOptions): Promise<Outcome> {
  const shipped = await shippedTheories();
  const tested: Tested[] = [];
  for (const name of options.theory.length > 0 ? options.theory : shipped) {
    const theory = await findTheory(name);
    const scenarios = theory.directory === null ? [] : await readScenarios(theory.directory);
    door.terminal.progress(`testing ${theory.name}`);
    const report = await runScenarios(theory, scenarios, factBaseOptions(door.clock, options));
    tested.push({ theory, isShipped: shipped.includes(name), report });
  }
  const data = { theories: tested.map(({ theory, report }) => dataOf(theory, report)) };
  return {
    envelope: { ok: true, data, error: null, events: [], cursor: null },
    exit: exitCode(tested),
    text: (style) => tested.map(({ theory, report }) => scenariosText(theory.name, report, style)).join("\n\n"),
  };
}

function exitCode(tested: readonly Tested[]): ExitCode {
  if (tested.some(({ report, isShipped }) => report.outcomes.some(({ ok }) => !ok) || (isShipped && report.neverFired.length > 0)))
    return 1;
  return tested.some(({ report }) => report.outcomes.length === 0) || tested.length === 0 ? 2 : 0;
}

function dataOf(theory: Theory, report: ScenarioReport) {
  const scenarios = report.outcomes.map(({ scenario, ok, differences, verdict }) => ({
    name: scenario.name,
    file: scenario.file,
    ok,
    differences,
    verdict: verdict.verdict,
    laws: [...new Set(verdict.violations.map(({ law }) => law))],
  }));
  return { theory: theory.name, version: theory.version, hash: theory.hash, ok: report.ok, scenarios, never_fired: report.neverFired };
}
