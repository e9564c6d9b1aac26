import type { Clingo, ClingoAnswer } from "../../logic/engines/clingo/clingo.ts";
import type { Limits } from "../../schema/limits.ts";
import type { Action } from "./action.ts";
import type { Obstacle } from "./obstacle.ts";

/** What is known of the repairs of one delta. Sets of actions are ruled out whole (`exact`) or with all that goes beyond them. */
export interface Knowledge {
  readonly obstacles: readonly Obstacle[];
  readonly excluded: readonly { readonly actions: readonly Action[]; readonly exact: boolean }[];
}

export type Choice =
  | { readonly kind: "chosen"; readonly actions: readonly Action[]; readonly cost: number }
  | { readonly kind: "none" }
  | { readonly kind: "stopped"; readonly answer: ClingoAnswer };

const RULES = `{ do(A) : cost(A,_) }.
taken(W) :- way(O,W), do(A) : needs(W,A).
met(O) :- way(O,W), taken(W).
:- obstacle(O), not met(O), do(A) : given(O,A).
% What a way does not need is not done.
useful(A) :- taken(W), needs(W,A).
:- do(A), not useful(A).
done_all(X) :- excluded(X), do(A) : within(X,A).
beyond(X) :- exact(X), do(A), not within(X,A).
:- done_all(X), not exact(X).
:- done_all(X), exact(X), not beyond(X).
#minimize { C@2,A : do(A), cost(A,C) }.
#minimize { 1@1,A : do(A) }.
#defined way/2.
#defined given/2.
#defined needs/2.
#defined obstacle/1.
#defined excluded/1.
#defined exact/1.
#defined within/2.
#defined cost/2.
#show do/1.
`;

/** The cheapest set of actions that gets around every obstacle known so far, of equals the smallest. */
export async function choose(clingo: Clingo, limits: Limits, knowledge: Knowledge): Promise<Choice> {
  const actions = new Map<string, { readonly action: Action; readonly number: number }>();
  const numberOf = (action: Action): number => {
    const known = actions.get(action.id) ?? { action, number: actions.size };
    actions.set(action.id, known);
    return known.number;
  };
  const facts: string[] = [];
  let ways = 0;
  for (const [at, { ways: open, given }] of knowledge.obstacles.entries()) {
    facts.push(`obstacle(${at}).`, ...given.map((action) => `given(${at},${numberOf(action)}).`));
    for (const way of open) {
      facts.push(`way(${at},${ways}).`, ...way.map((action) => `needs(${ways},${numberOf(action)}).`));
      ways += 1;
    }
  }
  for (const [at, { actions: within, exact }] of knowledge.excluded.entries()) {
    facts.push(`excluded(${at}).`, ...(exact ? [`exact(${at}).`] : []), ...within.map((action) => `within(${at},${numberOf(action)}).`));
  }
  for (const { action, number } of actions.values()) facts.push(`cost(${number},${action.cost}).`);
  const program = `${facts.join("\n")}\n${RULES}`;
  const answer = await clingo.solve({ program, mode: "best", time_ms: limits.clingo_ms, memory_mb: limits.clingo_mb });
  if (answer.kind === "unsatisfiable") return { kind: "none" };
  const [best] = answer.kind === "satisfiable" ? answer.models : [];
  if (best === undefined) return { kind: "stopped", answer };
  const done = new Set(best.atoms.map((atom) => (typeof atom === "object" ? atom.args[0] : null)));
  const chosen = [...actions.values()].filter(({ number }) => done.has(number)).map(({ action }) => action);
  return { kind: "chosen", actions: chosen, cost: chosen.reduce((sum, { cost }) => sum + cost, 0) };
}
