import type { TheoryWhatIf } from "../../verify/what_if/replay_theory.ts";
import { countText } from "./count_text.ts";
import { printable } from "./fact_text.ts";
import type { Style } from "./style.ts";

/** What changed theories would have done to the log, for a terminal. */
export function whatIfText({ commits, refused, passing, rejudged, left }: TheoryWhatIf, style: Style): string {
  const replayed = `${countText(commits, "commit")} replayed`;
  const lines = refused.map(({ commit, verdict }) => {
    const laws = [...new Set(verdict.violations.map(({ law }) => law))].join(", ");
    return `  ${style("red", "✗")} ${style("yellow", `commit ${commit}`)} would be refused: ${laws} (${countText(verdict.total, "violation")})`;
  });
  const admitted = passing.map(({ delta, head, proposer, reason }) => {
    const short = delta.replace(/^sha256:/, "").slice(0, 12);
    return `  ${style("green", "✓")} ${short}, refused after commit ${head}, would pass: ${printable(proposer)}  ${printable(reason)}`;
  });
  const latest = `of ${countText(rejudged + left, "refused delta")} the latest ${rejudged} were judged again: --limit whatif_refusals=N takes more`;
  const cut = left === 0 ? [] : [style("yellow", latest)];
  if (lines.length + admitted.length === 0) return [`${replayed}: ${style("green", "each answer stays")}`, ...cut].join("\n");
  return [`${replayed}:`, ...lines, ...admitted, ...cut].join("\n");
}
