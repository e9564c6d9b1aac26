import type { Repair, RepairChange } from "../../schema/verdict.ts";
import { countText } from "./count_text.ts";
import { factText } from "./fact_text.ts";
import type { Style } from "./style.ts";

const VERBS: Readonly<Record<RepairChange["change"], string>> = {
  drop: "leave out",
  keep: "do not retract",
  assert: "assert",
  retract: "retract",
};

/** Repairs for a terminal, the cheapest first; a hole is a `_` with what must be known of it below. */
export function repairsText(repairs: readonly Repair[], isComplete: boolean, style: Style): string {
  if (repairs.length === 0) return style("yellow", isComplete ? "there is no repair" : "no repair was found before a bound was reached");
  const lines = repairs.flatMap((repair, index) => repairLines(repair, index, style));
  const cut = isComplete ? [] : [style("yellow", "a bound was reached before more were looked for; none that is left is cheaper")];
  return [...lines, ...cut, style("dim", "nothing was changed; --json has each repair as a delta to propose")].join("\n");
}

/** One repair, `index` counting from 0: its cost, then each change. */
export function repairLines(repair: Repair, index: number, style: Style): string[] {
  return [
    `${style("bold", `repair ${index + 1}`)}  ${style("dim", `${countText(repair.changes.length, "change")} · cost ${repair.cost}`)}`,
    ...repair.changes.flatMap((change, at) => changeLines(repair, change, at, style)),
  ];
}

function changeLines(repair: Repair, { change, relation, row }: RepairChange, at: number, style: Style): string[] {
  const colour = change === "assert" || change === "keep" ? "green" : "red";
  const holes = repair.holes.filter((hole) => hole.change === at);
  return [
    `  ${style(colour, VERBS[change])} ${factText(relation, row)}`,
    ...holes.map(({ attribute, type, laws }) => {
      const condition = laws.length === 0 ? "" : `, such that ${laws.join(" and ")} ${laws.length === 1 ? "holds" : "hold"}`;
      return `      ${style("cyan", "to be filled in")} ${attribute}: a ${type}${condition}`;
    }),
  ];
}
