import type { LogEntry } from "../../verify/log.ts";
import { printable } from "./fact_text.ts";
import type { Style } from "./style.ts";

const SHORT_HASH = 12;

/** The commit log for a terminal: one paragraph an entry, the oldest first. */
export function logText(entries: readonly LogEntry[], style: Style): string {
  if (entries.length === 0) return style("dim", "no commits");
  return entries.map((entry) => entryText(entry, style)).join("\n");
}

function entryText(entry: LogEntry, style: Style): string {
  const head = `${style("yellow", `commit ${entry.seq}`)}  ${style("dim", entry.time)}  ${printable(entry.proposer)}  ${printable(entry.reason)}`;
  const theories = Object.keys(entry.theories).join(", ");
  const hashes = `  ${entry.kind} ${short(entry.delta)}  entry ${short(entry.hash)}  after ${short(entry.prev)}`;
  return [head, `  ${effectsText(entry)}${theories === "" ? "" : style("dim", `  under ${theories}`)}`, style("dim", hashes)].join("\n");
}

function effectsText(entry: LogEntry): string {
  const parts = Object.entries(entry.effects).flatMap(([name, effect]) => {
    const size = typeof effect === "number" ? effect : effect.length;
    return size === 0 ? [] : [`${size} ${name}`];
  });
  return parts.length === 0 ? "no change" : parts.join(", ");
}

function short(hash: string): string {
  return hash.replace(/^sha256:/, "").slice(0, SHORT_HASH);
}
