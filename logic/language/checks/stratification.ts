import { spanText } from "../../../schema/place.ts";
import { type Dependency, dependencies } from "../dependencies.ts";
import type { DiagnosticSink } from "../diagnostic_sink.ts";
import type { IrRule, Stratum } from "../ir.ts";

/** How many edges of a cycle are spelt out. */
const MAX_STEPS = 20;

/** How many cycles are spelt out; each costs a search through its stratum. Further ones are reported without their steps. */
const MAX_SEARCHES = 50;

/**
 * Refuses negation and aggregation inside a stratum (`check.unstratified`), once for each pair of relations, naming the cycle with
 * the place of each of its edges.
 */
export function checkStratification(rules: readonly IrRule[], strata: readonly Stratum[], sink: DiagnosticSink): void {
  const stratumOf = new Map(strata.flatMap((stratum, index) => stratum.relations.map((name) => [name, index] as const)));
  const inside = dependencies(rules).filter((edge) => stratumOf.has(edge.to) && stratumOf.get(edge.from) === stratumOf.get(edge.to));
  if (!inside.some((edge) => edge.strict)) return;
  const edges = Map.groupBy(inside, (edge) => edge.from);
  const reported = new Set<string>();
  for (const edge of inside) {
    const pair = `${edge.from}\0${edge.to}`;
    if (!edge.strict || reported.has(pair)) continue;
    reported.add(pair);
    const through = edge.how === "negated" ? "its own negation" : "an aggregate over itself";
    const steps = reported.size <= MAX_SEARCHES ? stepsOf([edge, ...shortestPath(edge.to, edge.from, edges)]) : stepsOf([edge]);
    const message = `\`${edge.from}\` depends on ${through}: ${steps}`;
    const help = "break the cycle at one of these places, or write the choice in .lp for clingo";
    sink.error("check.unstratified", { span: edge.span, text: edge.to }, message, help);
  }
}

function stepsOf(cycle: readonly Dependency[]): string {
  const steps = cycle.slice(0, MAX_STEPS).map((step) => `\`${step.from}\` needs ${describe(step)} (${spanText(step.span)})`);
  if (cycle.length > MAX_STEPS) steps.push(`and ${cycle.length - MAX_STEPS} more steps`);
  return steps.join(", ");
}

function describe(edge: Dependency): string {
  switch (edge.how) {
    case "positive":
      return `\`${edge.to}\``;
    case "negated":
      return `\`!${edge.to}\``;
    case "aggregated":
      return `an aggregate over \`${edge.to}\``;
  }
}

/** The edges of a shortest way from one relation to another inside their stratum, where one always exists. */
function shortestPath(from: string, to: string, edges: ReadonlyMap<string, readonly Dependency[]>): Dependency[] {
  const reachedBy = new Map<string, Dependency | null>([[from, null]]);
  const queue = [from];
  for (let next = 0; next < queue.length && !reachedBy.has(to); next++) {
    for (const edge of edges.get(queue[next] ?? "") ?? []) {
      if (reachedBy.has(edge.to)) continue;
      reachedBy.set(edge.to, edge);
      queue.push(edge.to);
    }
  }
  const path: Dependency[] = [];
  for (let edge = reachedBy.get(to) ?? null; edge !== null; edge = reachedBy.get(edge.from) ?? null) path.push(edge);
  return path.toReversed();
}
