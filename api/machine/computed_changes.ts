import type { ErrorReport } from "../../schema/assay_error.ts";
import { registry } from "../../schema/errors.ts";
import { readFibers } from "./read_fibers.ts";
import type { MachineReader } from "./read_machine.ts";
import { derivedNucleiChanges, type FactChanges, fixedFiberChanges, type Standing } from "./settle_delta.ts";

/** What can be computed and proposed. */
export const computed = ["hstar", "nuclei", "news"] as const;

/**
 * What a computed delta changes: `hstar` the settled elements, `nuclei` those that the mode `derived` asks for, `news` what settles anew along the
 * stepping map. The events tell where nothing could be computed.
 */
export async function changesOf(
  what: (typeof computed)[number],
  read: MachineReader,
  found: readonly Standing[],
  histories: readonly string[] | null,
): Promise<{ readonly changes: FactChanges; readonly events: readonly ErrorReport[] }> {
  if (what === "hstar") return { changes: await fixedFiberChanges(read, found), events: [] };
  if (what === "news") {
    // Polars takes its time to load.
    const { newsChanges } = await import("./news_delta.ts");
    return { changes: await newsChanges(read, found), events: [] };
  }
  const { broken, ...changes } = await derivedNucleiChanges(read, await readFibers(read, null), histories);
  return { changes, events: broken.map(noNucleus) };
}

function noNucleus(history: string): ErrorReport {
  const { title, help } = registry["machine.no_nucleus"];
  return {
    code: "machine.no_nucleus",
    title,
    detail: `what independent steps keep over \`${history}\` is kept by no nucleus`,
    place: history,
    help,
  };
}
