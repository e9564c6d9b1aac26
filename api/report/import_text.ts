import type { Quarantined } from "../../ingest/quarantine.ts";
import type { ProposedRow, ProposedValue } from "../../schema/delta.ts";
import type { Value } from "../../schema/value.ts";
import type { SetAside } from "../../verify/set_aside.ts";
import { countText } from "./count_text.ts";
import { exactIntegers } from "./envelope_json.ts";
import { factText, printable } from "./fact_text.ts";
import type { Style } from "./style.ts";

/** What an import left out, for a terminal: at most `show` of each kind, the rest counted. */
export function leftOutText(
  quarantined: { readonly total: number; readonly records: readonly Quarantined[] },
  setAside: readonly SetAside[],
  show: number,
  style: Style,
): string {
  const lines: string[] = [];
  if (quarantined.total > 0) {
    lines.push(style(["yellow", "bold"], `${countText(quarantined.total, "record")} became no fact`));
    for (const { place, reason } of quarantined.records.slice(0, show))
      lines.push(`  ${style("dim", printable(place))}  ${printable(reason)}`);
    lines.push(...more(quarantined.total - Math.min(show, quarantined.records.length), style));
  }
  if (setAside.length > 0) {
    lines.push(style(["yellow", "bold"], `${countText(setAside.length, "row")} set aside`));
    for (const { relation, row, place, law, message } of setAside.slice(0, show)) {
      lines.push(
        `  ${style("dim", place === null ? "" : printable(place))}  ${proposedText(relation, row)}`,
        `      ${law}: ${printable(message)}`,
      );
    }
    lines.push(...more(setAside.length - Math.min(show, setAside.length), style));
  }
  return lines.join("\n");
}

function more(count: number, style: Style): string[] {
  return count > 0 ? [style("dim", `  and ${countText(count, "more", "more")}: --quarantine FILE writes all of them`)] : [];
}

/** A proposed row as a fact where its values are typed, as compact JSON where they are not. */
function proposedText(relation: string, row: ProposedRow): string {
  if (Array.isArray(row) && row.every(isValue)) return factText(relation, row);
  return `${relation} ${printable(JSON.stringify(row, exactIntegers))}`;
}

function isValue(value: ProposedValue): value is Value {
  return typeof value === "string" || typeof value === "bigint" || typeof value === "number";
}

/** Everything an import left out, one JSON object a line. */
export function* leftOutLines(quarantined: readonly Quarantined[], setAside: readonly SetAside[]): Generator<string> {
  for (const record of quarantined) yield `${JSON.stringify({ kind: "record", ...record })}\n`;
  for (const row of setAside) yield `${JSON.stringify({ kind: "row", ...row }, exactIntegers)}\n`;
}
