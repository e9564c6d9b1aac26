import { newlySettledRows } from "../../compute/dynamics/newly_settled_rows.ts";
import type { MachineReader } from "./read_machine.ts";
import type { FactChanges, Standing } from "./settle_delta.ts";

/**
 * The facts `observed` and `emitted` of the edges that the stepping map of the fibers leads along: what is settled at their end and was not carried
 * there settled. What was emitted along them before stays.
 */
export async function newsChanges(read: MachineReader, found: readonly Standing[]): Promise<FactChanges> {
  const hstar = found.flatMap((one) => (one.class === "fixed" && one.isNamed ? [[one.at, one.element]] : []));
  const targets = new Map((await read.rows("ext", ["t", "s", "u"])).map(([t, s, u]) => [JSON.stringify([t, s]), String(u)]));
  const carry = (await read.rows("gam", ["f", "s", "t", "x", "y"])).flatMap(([f, s, t, x, y]) => {
    const u = f === "fiber" ? targets.get(JSON.stringify([t, s])) : undefined;
    return u === undefined ? [] : [[String(t), u, String(x), String(y)]];
  });
  const edges = new Map(carry.map(([t = "", u = ""]) => [JSON.stringify([t, u]), [t, u]]));
  const known = async (relation: string, columns: readonly string[]): Promise<Set<string>> =>
    new Set((await read.rows(relation, columns)).map((row) => JSON.stringify(row)));
  const [seen, told] = [await known("observed", ["t", "u"]), await known("emitted", ["t", "u", "x"])];
  const rows = {
    observed: [...edges.values()].filter((row) => !seen.has(JSON.stringify(row))),
    emitted: newlySettledRows(hstar, carry).filter((row) => !told.has(JSON.stringify(row))),
  };
  return { assert: new Map(Object.entries(rows).filter(([, own]) => own.length > 0)), retract: new Map() };
}
