import type { ScenarioReport } from "../../verify/run_scenarios.ts";
import { countText } from "./count_text.ts";
import { printable } from "./fact_text.ts";
import type { Style } from "./style.ts";

/** The scenarios of one theory for a terminal: one line each, what differed below it, laws that never fired at the end. */
export function scenariosText(theory: string, report: ScenarioReport, style: Style): string {
  const lines = [style("bold", theory)];
  for (const { scenario, ok, differences } of report.outcomes) {
    lines.push(`  ${ok ? style("green", "✓") : style("red", "✗")} ${printable(scenario.name)}`);
    if (ok) continue;
    lines.push(...differences.map((difference) => `      ${printable(difference)}`), style("dim", `      ${scenario.file}`));
  }
  const passed = report.outcomes.filter(({ ok }) => ok).length;
  for (const law of report.neverFired) lines.push(`  ${style("yellow", "!")} no scenario makes ${style("bold", law)} fire`);
  lines.push(
    `  ${passed} of ${countText(report.outcomes.length, "scenario")} as told, ${countText(report.neverFired.length, "law")} never fired`,
  );
  return lines.join("\n");
}
