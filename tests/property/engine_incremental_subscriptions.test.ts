import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { renewEngine } from "../../logic/engines/incremental/renew_engine.ts";
import { Subscriptions, type WatchChange } from "../../logic/engines/incremental/subscriptions.ts";
import type { IrProgram } from "../../logic/language/ir.ts";
import { systemClock } from "../../schema/clock.ts";
import { limitsWith } from "../../schema/limits.ts";
import { quoteName } from "../../schema/sql_session.ts";
import type { Row } from "../../schema/value.ts";
import { type DuckDbSession, openMemory } from "../../verify/store/duckdb_session.ts";
import { type Facts, inputOver } from "../support/duckdb_facts.ts";
import { type DeltaCase, randomDeltaCase, type Step } from "../support/incremental/delta_case.ts";
import { loadSubject } from "../support/incremental/load_subject.ts";
import { rowKey } from "../support/naive_eval.ts";
import { NAIVE_SYMBOL_BYTES } from "../support/naive_terms.ts";
import { seededChoices } from "../support/seeded.ts";

const RUNS = Number(process.env["ASSAY_PROPERTY_RUNS"] ?? 40);
const limits = limitsWith({ rounds: 40, rows_derived: 2_000, symbol_bytes: NAIVE_SYMBOL_BYTES, verdict_ms: 60_000 });

let session: DuckDbSession;
before(async () => {
  session = await openMemory({ threads: "1" });
});
after(() => session.close());

/** Facts by relation and key: what the deltas kept so far have left. */
class State {
  readonly #rows: Map<string, Map<string, Row>>;

  constructor(program: IrProgram, facts: Facts) {
    const base = [...program.relations.values()].filter(({ role }) => role === "base");
    this.#rows = new Map(base.map(({ name }) => [name, new Map((facts[name] ?? []).map((row) => [rowKey(row), row]))]));
  }

  /** What a step really changes; it is done where `keep`. */
  effective(step: Step, keep: boolean): { assert: { relation: string; row: Row }[]; retract: { relation: string; row: Row }[] } {
    const change = {
      assert: new Map<string, { relation: string; row: Row }>(),
      retract: new Map<string, { relation: string; row: Row }>(),
    };
    for (const side of ["retract", "assert"] as const) {
      for (const { relation, row } of step[side]) {
        if (this.#rows.get(relation)?.has(rowKey(row)) === (side === "retract"))
          change[side].set(relation + rowKey(row), { relation, row });
      }
    }
    const [assert, retract] = [[...change.assert.values()], [...change.retract.values()]];
    if (keep) for (const { relation, row } of retract) this.#rows.get(relation)?.delete(rowKey(row));
    if (keep) for (const { relation, row } of assert) this.#rows.get(relation)?.set(rowKey(row), row);
    return { assert, retract };
  }

  facts(): Facts {
    return Object.fromEntries([...this.#rows].map(([name, rows]) => [name, [...rows.values()]]));
  }
}

/** The rows of one relation from nothing, or null where they are undecided. */
function fromNothing(program: IrProgram, facts: Facts, relation: string): string[] | null {
  const { subject, undecided } = loadSubject({ program: { ...program, laws: [] }, watch: [relation] }, facts, limits);
  return undecided === null ? subject.rows(relation).map(rowKey) : null;
}

/** Follows watches through a case and holds them against evaluation from nothing. */
class Follower {
  readonly subscriptions: Subscriptions;
  readonly #case: DeltaCase;
  readonly #state: State;
  /** By watch: the relation, and the rows that it has by what it was told. */
  readonly #told = new Map<number, { relation: string; rows: Map<string, Row> }>();
  changes = 0;
  ended = 0;

  constructor(subscriptions: Subscriptions, random: DeltaCase, state: State) {
    this.subscriptions = subscriptions;
    this.#case = random;
    this.#state = state;
  }

  async watch(relation: string): Promise<void> {
    await inputOver(session, this.#case.program, this.#state.facts());
    const outcome = await this.subscriptions.watch({ kind: "relation", relation });
    if (outcome.kind === "undecided") {
      assert.equal(fromNothing(this.#case.program, this.#state.facts(), relation), null);
      return;
    }
    assert.ok(outcome.kind === "watching");
    const rows = this.subscriptions.rows(outcome.id);
    this.#told.set(outcome.id, { relation, rows: new Map(rows.map((row) => [rowKey(row), row])) });
  }

  tell(changes: readonly WatchChange[]): void {
    for (const { id, added, removed, ended } of changes) {
      const told = this.#told.get(id);
      assert.ok(told !== undefined);
      for (const row of removed) assert.ok(told.rows.delete(rowKey(row)), "a row goes that was not there");
      for (const row of added) {
        assert.ok(!told.rows.has(rowKey(row)), "a row comes that was there");
        told.rows.set(rowKey(row), row);
      }
      this.changes += added.length + removed.length;
      if (ended === null) continue;
      assert.equal(fromNothing(this.#case.program, this.#state.facts(), told.relation), null);
      this.#told.delete(id);
      this.ended++;
    }
  }

  check(): void {
    for (const [id, { relation, rows }] of this.#told) {
      const want = fromNothing(this.#case.program, this.#state.facts(), relation);
      if (want === null) continue;
      assert.deepEqual([...rows.keys()].sort(), want.sort(), relation);
      assert.deepEqual(this.subscriptions.rows(id).map(rowKey).sort(), want);
    }
  }
}

async function follow(seed: number): Promise<Follower | null> {
  const random = randomDeltaCase(seededChoices(seed, 3_000), 8);
  const { program, facts, steps } = random;
  const lower = { ...program, laws: program.laws.slice(0, 1) };
  const { subject, undecided } = loadSubject({ program: lower, watch: [] }, facts, limits);
  if (undecided !== null) return null;
  const state = new State(program, facts);
  const source = { session, table: quoteName, limits, clock: systemClock };
  let engine = subject;
  const follower = new Follower(new Subscriptions(engine, source), random, state);
  const names = [...program.relations.keys()];
  for (const name of names.slice(0, names.length - 1)) await follower.watch(name);
  for (const [at, step] of steps.entries()) {
    const outcome = engine.apply(step);
    const keep = step.keep && outcome.undecided === null;
    const effective = state.effective(step, keep);
    const captured = keep ? follower.subscriptions.capture(effective) : null;
    if (keep) engine.keep();
    else engine.rollback();
    if (captured !== null) follower.tell(follower.subscriptions.advance(captured));
    follower.check();
    if (at === 2) await follower.watch(names.at(-1) ?? "");
    if (at !== 4) continue;
    await inputOver(session, program, state.facts());
    const renewed = await renewEngine({ ...source, from: engine, program: { ...program, laws: program.laws.slice(-1) } });
    if (renewed.undecided !== null) {
      renewed.engine.release();
      continue;
    }
    follower.tell(await follower.subscriptions.moveTo(renewed.engine));
    engine.release();
    engine = renewed.engine;
    follower.check();
  }
  return follower;
}

test("what watches are told adds up to what evaluation from nothing gives, through deltas and a change of program", async () => {
  let changes = 0;
  let ended = 0;
  for (let seed = 1; seed <= RUNS; seed++) {
    const follower = await follow(seed).catch((cause: unknown) => {
      throw new Error(`seed ${seed}`, { cause });
    });
    changes += follower?.changes ?? 0;
    ended += follower?.ended ?? 0;
  }
  assert.ok(changes > 10 * RUNS, `${changes} changes, ${ended} watches ended`);
});
