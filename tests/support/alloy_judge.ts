import { after } from "node:test";
import type { GateReadOptions } from "../../ingest/gate_adapter.ts";
import { withProfile } from "../../logic/profile.ts";
import { findTheory } from "../../logic/theory.ts";
import type { ProposedDelta } from "../../schema/delta.ts";
import type { Row } from "../../schema/value.ts";
import type { Verdict, Violation } from "../../schema/verdict.ts";
import { FactBase } from "../../verify/fact_base.ts";
import type { FactBaseOptions } from "../../verify/fact_base_options.ts";
import { readGate } from "./alloys.ts";
import { steppingClock } from "./fact_bases.ts";

/** A document by the name of its file. */
export interface TextDocument {
  readonly name: string;
  readonly text: string;
}

/** What comes into a fact base at once: documents as the gate reads them, and facts of one's own. */
export interface Arrival {
  readonly documents: readonly TextDocument[];
  readonly options?: Partial<GateReadOptions>;
  readonly facts?: Readonly<Record<string, readonly Row[]>>;
}

/** The theory of alloys under a profile, over an empty fact base. Open it once a test file; it closes when the file ends. */
export class AlloyJudge {
  readonly #base: FactBase;

  private constructor(base: FactBase) {
    this.#base = base;
  }

  /** `engines` judge; the incremental one where none is named. */
  static async open(profile: string, engines?: FactBaseOptions["engines"]): Promise<AlloyJudge> {
    const theory = await withProfile(await findTheory("alloy"), profile);
    if (theory === null) throw new Error(`there is no profile ${profile}`);
    const base = await FactBase.create(null, { clock: steppingClock(), ...(engines === undefined ? {} : { engines }) });
    after(() => base.close());
    await base.loadTheory([theory], { author: "test", reason: "to be tested" });
    return new AlloyJudge(base);
  }

  /** The laws of the theory, those that are off left out. */
  laws(): readonly string[] {
    return this.#base.program.laws.map(({ id }) => id);
  }

  /** The verdict over the last arrival, those before it accepted. Nothing is kept. */
  async verdict(...arrivals: readonly Arrival[]): Promise<Verdict> {
    const deltas = await Promise.all(arrivals.map(deltaOf));
    const verdicts = await this.#base.rehearse(deltas);
    const verdict = verdicts.at(-1);
    if (verdict === undefined || verdicts.length < arrivals.length) {
      throw new Error(`what comes before is not accepted: ${JSON.stringify(verdict?.violations.map(({ message }) => message))}`);
    }
    return verdict;
  }
}

/** The laws among violations of one severity, each once, sorted. */
export function lawsOf(verdict: Verdict, severity: Violation["severity"] = "error"): string[] {
  return [...new Set(verdict.violations.filter((one) => one.severity === severity).map(({ law }) => law))].toSorted();
}

async function deltaOf({ documents, options, facts = {} }: Arrival): Promise<ProposedDelta> {
  const sources = documents.map(({ name, text }) => ({ name, bytes: Buffer.from(text) }));
  const read = await readGate(sources, { at: "2026-06-01T00:00:00Z", ...options });
  const assert = new Map<string, Row[]>();
  const add = (relation: string, rows: readonly Row[]): void => {
    assert.set(relation, [...(assert.get(relation) ?? []), ...rows]);
  };
  for (const [relation, rows] of read.facts) add(relation, rows);
  for (const table of read.tables ?? []) for (const rows of table.batches()) add(table.relation, rows);
  for (const [relation, rows] of Object.entries(facts)) add(relation, rows);
  return { proposer: "gate", reason: "gate", base: null, key: null, assert, retract: new Map(), places: new Map() };
}
