import type { ProposedDelta } from "../../schema/delta.ts";
import type { Verdict } from "../../schema/verdict.ts";
import type { FactBase } from "../../verify/fact_base.ts";
import type { Act } from "../http/principal.ts";

/** A fact base as an agent reaches it: what it may do is asked of `authorize`, and it writes by proposing alone. */
export interface AgentDoor {
  readonly base: FactBase;
  readonly version: string;
  /** Who proposes where a proposal names nobody. */
  readonly proposer: string;
  /** Refuses by throwing. */
  authorize(act: Act): Promise<void>;
  /** Passed by whatever reads at length. Errors: `http.busy`. */
  read<T>(action: () => Promise<T>): Promise<T>;
  /** Authorizes and judges a delta; dry, it commits nothing. */
  submit(delta: ProposedDelta, isDry: boolean): Promise<Verdict>;
}

/** The door of an agent that was given the fact base itself, as its owner was. The caller closes the base. */
export function ownersDoor(base: FactBase, version: string, proposer: string): AgentDoor {
  return {
    base,
    version,
    proposer,
    authorize: async () => undefined,
    read: (action) => action(),
    async submit(delta, isDry) {
      if (!isDry) return base.propose(delta);
      const [verdict] = await base.rehearse([delta]);
      if (verdict === undefined) throw new Error("a rehearsal gives a verdict");
      return verdict;
    },
  };
}
