import type { Verdict } from "../../schema/verdict.ts";
import { countText } from "./count_text.ts";

/** A verdict in one line, its first word the verdict itself: `refused: 3 violations, 2 laws, 10 facts`. */
export function verdictLine(verdict: Verdict): string {
  const { laws, facts } = verdict.checked;
  const parts = [countText(verdict.total, "violation"), countText(laws, "law"), countText(facts, "fact")];
  if (verdict.commit !== null) parts.push(`commit ${verdict.commit}`);
  if (verdict.undecided !== null) parts.unshift(`${verdict.undecided.code}: ${verdict.undecided.detail}`);
  return `${verdict.verdict}: ${parts.join(", ")}`;
}
