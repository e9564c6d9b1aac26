import type { IncrementalEngine } from "../../../logic/engines/incremental/incremental_engine.ts";
import { loadEngine } from "../../../logic/engines/incremental/load_engine.ts";
import type { IrProgram, Law } from "../../../logic/language/ir.ts";
import { compileTheories, findTheory, type Theory, withNeeds } from "../../../logic/theory.ts";
import { AssayError } from "../../../schema/assay_error.ts";
import type { Clock } from "../../../schema/clock.ts";
import type { Fact } from "../../../schema/fact.ts";
import type { Place } from "../../../schema/place.ts";
import type { Row } from "../../../schema/value.ts";
import { isForDuckDb } from "../../engine_name.ts";
import type { FactBase } from "../../fact_base.ts";
import { emptyTable } from "../../judge_facts.ts";
import type { Turn } from "../../live/turns.ts";
import { rejected } from "../../load.ts";
import type { Snapshot } from "../../store/snapshot.ts";
import { fillMessage, witnessOf } from "../../violation.ts";
import { heldDeclassifications } from "./declassification.ts";
import type { Deed } from "./deeds.ts";
import type { Principal } from "./principal.ts";
import { OF_REQUEST, requestFacts } from "./request_facts.ts";

/** A law of the policy that a request breaks. */
export interface PolicyViolation {
  readonly law: string;
  readonly message: string;
  /** Where in the delta, for a law whose witness names the `number` of a deed. */
  readonly place: Place | null;
}

export interface PolicyAnswer {
  /** The first of them, `violations_page` at most. */
  readonly violations: readonly PolicyViolation[];
  readonly total: number;
}

/**
 * A theory that says who may do what, over the facts of a request and those of a fact base. The facts of the base that it reads are held in
 * memory and read anew when a commit changed one of them. `close` ends its listening.
 */
export class Policy {
  readonly #base: FactBase;
  readonly #clock: Clock;
  readonly #program: IrProgram;
  readonly #isShipped: boolean;
  readonly #deaf: () => void;
  #engine: Promise<IncrementalEngine> | null = null;
  #seen = 0;

  private constructor(base: FactBase, clock: Clock, program: IrProgram, isShipped: boolean) {
    this.#base = base;
    this.#isShipped = isShipped;
    this.#clock = clock;
    this.#program = program;
    this.#deaf = base.onTurn((turn) => this.#note(turn));
  }

  /** Errors: `theory.rejected`, `theory.need_missing`, `auth.config` for a program that the incremental engine does not take. */
  static async open(base: FactBase, clock: Clock, theory: Theory): Promise<Policy> {
    const theories = await withNeeds([theory]);
    const { program, diagnostics } = compileTheories(theories);
    if (program === null) throw rejected(diagnostics, "theory.rejected", "the policy");
    const hasSearch = isForDuckDb(program) || (program.answerSets ?? []).length > 0;
    if (hasSearch) throw new AssayError("auth.config", `the policy \`${theory.name}\` searches or selects, which no policy may`);
    if (program.laws.length === 0) throw new AssayError("auth.config", `the policy \`${theory.name}\` has no laws`);
    const shipped = await withNeeds([await findTheory(SHIPPED)]);
    const isShipped = theories.map(({ hash }) => hash).join() === shipped.map(({ hash }) => hash).join();
    return new Policy(base, clock, program, isShipped);
  }

  close(): void {
    this.#deaf();
  }

  /**
   * Judges a request as of the last commit. Errors: `auth.undecided`, `auth.config` where a relation of the policy is another in the base.
   */
  async judge(principal: Principal, deeds: readonly Deed[], proposer: string | null): Promise<PolicyAnswer> {
    const engine = await this.#loaded();
    const kinds = this.#readsNoValues(engine) ? kindsOf(deeds) : deeds;
    const answer = this.#ask(engine, principal, kinds, proposer);
    // Deeds that the policy cannot tell apart are allowed together, and refused one by one.
    return answer.total === 0 || kinds.length === deeds.length ? answer : this.#ask(engine, principal, deeds, proposer);
  }

  #ask(engine: IncrementalEngine, principal: Principal, deeds: readonly Deed[], proposer: string | null): PolicyAnswer {
    const facts = requestFacts(principal, deeds, proposer);
    const { undecided } = engine.apply({ assert: facts, retract: [] });
    try {
      if (undecided !== null) throw undecidedBy(undecided.detail);
      return this.#answer(engine, deeds);
    } finally {
      engine.rollback();
      this.#forgetAfter(facts.length);
    }
  }

  /** Whether nothing looks at the values of facts: the shipped policy does only where something is granted by prefix or declassified. */
  #readsNoValues(engine: IncrementalEngine): boolean {
    return this.#isShipped && READ_WITH_VALUES.every((name) => !engine.reached.has(name) || engine.count(name) === 0);
  }

  #answer(engine: IncrementalEngine, deeds: readonly Deed[]): PolicyAnswer {
    const most = this.#base.limits.violations_page;
    const violations: PolicyViolation[] = [];
    let total = 0;
    for (const law of this.#program.laws) {
      if (law.severity !== "error") continue;
      const count = engine.count(law.relation);
      total += count;
      if (count === 0 || violations.length >= most) continue;
      for (const row of engine.rows(law.relation, 0, most - violations.length)) violations.push(this.#violation(law, row, deeds));
    }
    return { violations, total };
  }

  #violation(law: Law, row: Row, deeds: readonly Deed[]): PolicyViolation {
    const relation = this.#program.relations.get(law.relation);
    if (relation === undefined) throw new Error(`the law ${law.id} has no relation`);
    const witness = witnessOf(relation, row);
    const number = witness["number"];
    const place = typeof number === "bigint" ? (deeds[Number(number) - 1]?.place ?? null) : null;
    return { law: law.id, message: fillMessage(law.message, witness), place };
  }

  #loaded(): Promise<IncrementalEngine> {
    if (this.#engine !== null) return this.#engine;
    const loading = this.#base.read(null, (snapshot) => this.#load(snapshot));
    this.#engine = loading;
    loading.catch(() => {
      if (this.#engine === loading) this.#engine = null;
    });
    return loading;
  }

  async #load(snapshot: Snapshot): Promise<IncrementalEngine> {
    const program = this.#program;
    const table = (name: string): string => (this.#isOfBase(name, snapshot) ? snapshot.table(name) : emptyTable(program, name));
    const { limits } = this.#base;
    const { engine, undecided } = await loadEngine({ program, limits, clock: this.#clock, session: snapshot.session, table });
    if (undecided !== null) throw undecidedBy(undecided.detail);
    const relations = [...snapshot.inForce.program.relations.keys()].filter((name) => /^\w+$/.test(name));
    const known: Fact[] = relations.map((name) => ({ relation: "known_relation", row: [name] }));
    const lowered = declassified(engine).map((row): Fact => ({ relation: "declassified", row }));
    const settled = engine.apply({ assert: [...known, ...lowered], retract: [] });
    if (settled.undecided !== null) throw undecidedBy(settled.undecided.detail);
    engine.keep();
    this.#seen = 0;
    return engine;
  }

  /** Whether a relation's facts are those of the base. What a request says never comes from there. */
  #isOfBase(name: string, { inForce }: Snapshot): boolean {
    const own = inForce.program.relations.get(name);
    if (own === undefined || OF_REQUEST.has(name)) return false;
    const form = (relation: typeof own) => relation.attributes.map(({ name: attribute, type }) => `${attribute}:${type}`).join();
    const wanted = this.#program.relations.get(name);
    if (own.role === "base" && wanted !== undefined && form(wanted) === form(own)) return true;
    throw new AssayError("auth.config", `the policy and the fact base mean different relations by \`${name}\``);
  }

  #note({ records }: Turn): void {
    const isTouched = records.some(
      (record) =>
        record.kind === "commit" &&
        (record.accepted.kind === "load" ||
          record.accepted.changes.some(({ relation }) => !OF_REQUEST.has(relation.name) && this.#program.relations.has(relation.name))),
    );
    if (isTouched) this.#engine = null;
  }

  /** An engine keeps every text it met; so it is made anew now and then. */
  #forgetAfter(facts: number): void {
    this.#seen += facts;
    if (this.#seen > this.#base.limits.policy_values) this.#engine = null;
  }
}

const SHIPPED = "authz";
const READ_WITH_VALUES = ["grant_prefix", "declassified"];

/** One deed of each operation on each relation. */
function kindsOf(deeds: readonly Deed[]): readonly Deed[] {
  return [...new Map(deeds.map((deed) => [`${deed.operation} ${deed.relation}`, { ...deed, values: [] }])).values()];
}

function undecidedBy(detail: string): AssayError {
  return new AssayError("auth.undecided", `the policy is undecided: ${detail}`);
}

/** The rows of the relation `declassified`: what the base states and a declassifier signed. */
function declassified(engine: IncrementalEngine): Row[] {
  if (!engine.reached.has("declassified")) return [];
  const rows = (name: string): Row[] => (engine.reached.has(name) ? engine.rows(name) : []);
  const up = Map.groupBy(rows("below"), ([low]) => String(low));
  const flows = (low: string, high: string, met = new Set<string>()): boolean => {
    if (low === high) return true;
    if (met.has(low)) return false;
    met.add(low);
    return (up.get(low) ?? []).some(([, next]) => flows(String(next), high, met));
  };
  const held = heldDeclassifications(rows("declassifier"), rows("declassification"), flows);
  return held.map(({ relation, attribute, value, level }) => [relation, attribute, value, level]);
}
