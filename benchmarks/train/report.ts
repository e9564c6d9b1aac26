import type { Race, Timing } from "./race.ts";
import { rules } from "./rules.ts";

/** Milliseconds with three significant digits. */
export function shown(milliseconds: number | null): string {
  if (milliseconds === null || Number.isNaN(milliseconds)) return "–";
  return milliseconds >= 100 ? Math.round(milliseconds).toLocaleString("en") : milliseconds.toPrecision(3);
}

/** Transformation and recheck together, or null. */
export function roundOf(timing: Timing): number | null {
  return timing.change_ms === null || timing.recheck_ms === null ? null : timing.change_ms + timing.recheck_ms;
}

/** The table of one workload: a line a tool and size, the ratio being that of transformation + recheck to our engine's. */
export function table(races: readonly Race[], base: string): string {
  const lines = [
    "| size | tool | load ms | first check ms | transformation ms | recheck ms | both | times ours |",
    "|---|---|---|---|---|---|---|---|",
  ];
  for (const { size, timings } of races) {
    const ours = timings.find((timing) => timing.tool === base);
    for (const timing of timings) {
      const both = roundOf(timing);
      const own = ours === undefined ? null : roundOf(ours);
      const ratio = both === null || own === null ? "–" : `${shown(both / own)} ×`;
      const note = timing.isOver ? " (over its time here, not run at larger sizes)" : "";
      const times = [timing.load_ms, timing.firstCheck_ms, timing.change_ms, timing.recheck_ms, both].map(shown);
      lines.push(`| ${size} | ${timing.tool}${note} | ${times.join(" | ")} | ${ratio} |`);
    }
  }
  return `${lines.join("\n")}\n`;
}

/** The railways of a workload: elements, matches at the start, facts changed a round. */
export function railwayTable(races: readonly Race[]): string {
  const lines = [
    `| size | nodes / edges | ${rules.join(" | ")} | facts changed a round |`,
    `|---|---|${rules.map(() => "---|").join("")}---|`,
  ];
  for (const { size, nodes, edges, initial, changes } of races) {
    const counts = rules.map((rule) => initial[rule].toLocaleString("en"));
    const mean = Math.round(changes.reduce((sum, one) => sum + one, 0) / Math.max(1, changes.length));
    lines.push(`| ${size} | ${nodes.toLocaleString("en")} / ${edges.toLocaleString("en")} | ${counts.join(" | ")} | ${mean} |`);
  }
  return `${lines.join("\n")}\n`;
}
