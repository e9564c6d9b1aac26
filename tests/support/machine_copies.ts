import type { Row } from "../../schema/value.ts";
import type { MachineFacts } from "./machine_facts.ts";
import type { Found, TheoryOver } from "./theory_over.ts";

/** Attributes that hold histories, by relation: their places. Relations without one are of the whole machine. */
const HISTORIES: Readonly<Record<string, readonly number[]>> = {
  hist: [0],
  depth: [0],
  lay: [0],
  ext: [0, 2],
  elem: [0],
  meet: [0],
  join: [0],
  impl: [0],
  top: [0],
  bot: [0],
  nuc: [1],
  rho: [0, 1],
  point: [0],
  down_set: [0],
  nuc_points: [1],
  point_map: [0, 1],
};

/**
 * Many machines in one: each is a copy whose histories begin with its number, so that one run judges all of them. Laws about the
 * whole machine (one root, names in Foata form) then say something else; `brokenCopies` leaves them out.
 */
export function asOne(machines: readonly MachineFacts[]): Map<string, Row[]> {
  const all = new Map<string, Row[]>();
  const shared = new Set<string>();
  machines.forEach((machine, copy) => {
    for (const [relation, rows] of machine.rows) {
      const places = HISTORIES[relation] ?? [];
      const list = all.get(relation) ?? [];
      all.set(relation, list);
      for (const row of rows) {
        const key = `${relation} ${row.join(" ")}`;
        if (places.length === 0 && shared.has(key)) continue;
        if (places.length === 0) shared.add(key);
        list.push(row.map((value, place) => (places.includes(place) ? `${copy}:${String(value)}` : value)));
      }
    }
  });
  return all;
}

/** The laws that each copy breaks, sorted; copies that break none have none. `ignored` are laws about the whole. */
export async function lawsByCopy(theory: TheoryOver, machines: readonly MachineFacts[], ignored: readonly string[]): Promise<string[][]> {
  const found = (await theory.violations(asOne(machines))).filter(({ law }) => !ignored.includes(law));
  const laws = machines.map(() => new Set<string>());
  for (const one of found) laws[copyOf(one)]?.add(one.law);
  return laws.map((set) => [...set].toSorted());
}

/** The copy that a violation is about: that of the first history in its witness. */
export function copyOf({ law, witness }: Found): number {
  for (const name of ["t", "u", "r"]) {
    const number = /^(\d+):/.exec(String(witness[name] ?? ""))?.[1];
    if (number !== undefined) return Number(number);
  }
  throw new Error(`a violation of ${law} names no copy: ${JSON.stringify(witness)}`);
}
