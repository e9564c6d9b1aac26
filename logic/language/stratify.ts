import type { Relation } from "../../schema/relation.ts";
import { stronglyConnected } from "./components.ts";
import { dependencies } from "./dependencies.ts";
import type { IrRule, Stratum } from "./ir.ts";

/**
 * The derived relations in strata, dependencies first: one stratum for each group of relations that depend on each other. The
 * answer follows the order of the relations and rules alone. It says nothing about negation inside a stratum: that is `checkStratification`.
 */
export function stratify(relations: Iterable<Relation>, rules: readonly IrRule[]): Stratum[] {
  const derived = [...relations].filter((relation) => relation.role === "derived").map((relation) => relation.name);
  const position = new Map(derived.map((name, index) => [name, index]));
  const needs = new Map<string, Set<string>>(derived.map((name) => [name, new Set()]));
  for (const { from, to } of dependencies(rules)) if (position.has(to)) needs.get(from)?.add(to);
  const successors = new Map([...needs].map(([name, all]) => [name, [...all]]));
  return stronglyConnected(derived, (node) => successors.get(node) ?? []).map((component) => ({
    relations: component.toSorted((a, b) => (position.get(a) ?? 0) - (position.get(b) ?? 0)),
    recursive: component.length > 1 || component.some((name) => needs.get(name)?.has(name) === true),
  }));
}
