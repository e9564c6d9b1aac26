import { type Network, readsOf } from "./network.ts";
import type { Literal } from "./rule_form.ts";

/** What is brought up to date at once: a relation, the groups of an aggregate, or the relations of a recursion. */
export type Unit =
  | { readonly kind: "relation"; readonly relation: number }
  | { readonly kind: "group"; readonly group: number }
  | { readonly kind: "recursion"; readonly relations: readonly number[] };

/** Everything in an order in which each unit comes after what it reads. */
export function unitsOf(network: Network): Unit[] {
  const order = new UnitOrder(network);
  for (const { id } of network.relations) order.relation(id);
  return order.units;
}

class UnitOrder {
  readonly units: Unit[] = [];
  readonly #network: Network;
  readonly #placed = new Set<string>();

  constructor(network: Network) {
    this.#network = network;
  }

  relation(id: number): void {
    const recursion = this.#network.relations[id]?.recursion ?? null;
    const name = recursion === null ? `relation ${id}` : `recursion ${recursion}`;
    if (this.#placed.has(name)) return;
    this.#placed.add(name);
    const relations =
      recursion === null ? [id] : this.#network.relations.filter((node) => node.recursion === recursion).map((node) => node.id);
    for (const rule of this.#network.rules) {
      if (relations.includes(rule.relation)) this.#reads(rule.form.literals);
      // A relation that collects members hands their failures to its group, which comes after it.
    }
    this.units.push(recursion === null ? { kind: "relation", relation: id } : { kind: "recursion", relations });
  }

  #group(id: number): void {
    const group = this.#network.groups[id];
    if (group === undefined || this.#placed.has(`group ${id}`)) return;
    this.#placed.add(`group ${id}`);
    for (const element of group.elements) this.#reads(element.literals);
    if (!group.inline) this.units.push({ kind: "group", group: id });
  }

  #reads(literals: readonly Literal[]): void {
    const { relations, groups } = readsOf(literals);
    relations.forEach((relation) => {
      this.relation(relation);
    });
    groups.forEach((group) => {
      this.#group(group);
    });
  }
}

/** The relations and groups whose changes alter the values of groups that are computed where they are asked for. */
export function inlineReads(network: Network, literals: readonly Literal[]): { relations: Set<number>; groups: Set<number> } {
  const relations = new Set<number>();
  const groups = new Set<number>();
  const visit = (id: number): void => {
    const group = network.groups[id];
    if (group === undefined) return;
    if (!group.inline) {
      groups.add(id);
      return;
    }
    for (const element of group.elements) {
      const reads = readsOf(element.literals);
      for (const relation of reads.relations) relations.add(relation);
      reads.groups.forEach(visit);
    }
  };
  for (const id of readsOf(literals).groups) if (network.groups[id]?.inline === true) visit(id);
  return { relations, groups };
}
