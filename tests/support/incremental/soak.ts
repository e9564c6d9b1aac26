import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { IrProgram } from "../../../logic/language/ir.ts";
import type { Fact } from "../../../schema/fact.ts";
import { limitsWith } from "../../../schema/limits.ts";
import type { Row } from "../../../schema/value.ts";
import type { DuckDbSession } from "../../../verify/store/duckdb_session.ts";
import type { Choices } from "../choices.ts";
import { programOf } from "../compile_dl.ts";
import { rowKey } from "../naive_eval.ts";
import { seededChoices } from "../seeded.ts";
import { duckdbAnswer, maintained } from "./oracles.ts";
import type { MakeSubject } from "./subject.ts";

/** Each base relation of the theory: how many rows it has when it is at rest, and how a row is drawn. */
const RELATIONS: Readonly<Record<string, { readonly rest: number; readonly draw: (choices: Choices) => Row }>> = {
  person: { rest: 380, draw: (c) => [id(c), `name${c.below(2)}`, dept(c)] },
  manages: { rest: 260, draw: (c) => [id(c), id(c)] },
  grant: { rest: 40, draw: (c) => [dept(c), thing(c)] },
  owns: { rest: 900, draw: (c) => [id(c), thing(c), BigInt(c.below(30)) - 2n] },
  banned: { rest: 6, draw: (c) => [thing(c)] },
  link: { rest: 34, draw: (c) => [thing(c), thing(c)] },
  price: { rest: 60, draw: (c) => [thing(c), c.below(40) / 4] },
  frozen: { rest: 0.5, draw: () => [] },
};

function id(choices: Choices): bigint {
  return BigInt(choices.below(400));
}

function dept(choices: Choices): string {
  return `dept${choices.below(12)}`;
}

function thing(choices: Choices): string {
  return `thing${choices.below(50)}`;
}

export function soakProgram(): IrProgram {
  return programOf(readFileSync(join(import.meta.dirname, "soak.dl"), "utf8"));
}

/** Facts that come and go at random about a rest of a few thousand. */
class Wanderer {
  readonly #rows = new Map<string, Map<string, Row>>(Object.keys(RELATIONS).map((name) => [name, new Map()]));
  #seed: number;
  #choices: Choices;
  #left = 0;

  constructor(seed: number) {
    this.#seed = seed;
    this.#choices = seededChoices(seed, 0);
  }

  facts(): Record<string, Row[]> {
    return Object.fromEntries([...this.#rows].map(([name, rows]) => [name, [...rows.values()]]));
  }

  /** A delta of one to four facts; with `wild` above one of that many. */
  delta(wild = 1): { assert: Fact[]; retract: Fact[] } {
    if (this.#left < 64 * wild) this.#choices = seededChoices(this.#seed++, 4_096 + 64 * wild);
    this.#left = this.#left < 64 * wild ? 4_096 : this.#left - 64 * wild;
    const [assert, retract] = [new Map<string, Fact>(), new Map<string, Fact>()];
    const size = wild > 1 ? wild : 1 + this.#choices.below(4);
    for (let at = 0; at < size; at++) {
      const relation = this.#choices.of(Object.keys(RELATIONS));
      const { rest, draw } = RELATIONS[relation] ?? { rest: 0, draw: () => [] };
      const rows = this.#rows.get(relation) ?? new Map<string, Row>();
      const isFull = rows.size > rest * (0.8 + this.#choices.below(40) / 100);
      const row = isFull ? oneOf(rows, this.#choices) : draw(this.#choices);
      const key = relation + rowKey(row);
      if (assert.has(key) || retract.has(key)) continue;
      (isFull ? retract : assert).set(key, { relation, row });
    }
    return { assert: [...assert.values()], retract: [...retract.values()] };
  }

  keep(delta: { assert: readonly Fact[]; retract: readonly Fact[] }): void {
    for (const { relation, row } of delta.retract) this.#rows.get(relation)?.delete(rowKey(row));
    for (const { relation, row } of delta.assert) this.#rows.get(relation)?.set(rowKey(row), row);
  }
}

/** One of the rows, of the oldest thirty: a map yields them in order of age. */
function oneOf(rows: ReadonlyMap<string, Row>, choices: Choices): Row {
  let skip = choices.below(Math.min(30, rows.size));
  for (const row of rows.values()) if (skip-- === 0) return row;
  throw new Error("no rows");
}

export interface Soak {
  readonly session: DuckDbSession;
  readonly make: MakeSubject;
  readonly seed: number;
  /** Goes on as long as this says so; told the count of deltas so far. */
  readonly more: (deltas: number) => boolean;
  /** Deltas between two comparisons with DuckDB. */
  readonly every: number;
}

export interface SoakOutcome {
  readonly deltas: number;
  readonly refused: number;
  readonly comparisons: number;
  /** Bytes in use after every comparison: JavaScript's heap and array buffers, and what the engine says of itself. */
  readonly heap: readonly number[];
  readonly engine: readonly number[];
}

/** Random deltas over one theory; every tenth is rolled back. Errors: an assertion where DuckDB finds something else. */
export async function soak({ session, make, seed, more, every }: Soak): Promise<SoakOutcome> {
  const program = soakProgram();
  const target = { program, watch: maintained({ program, watch: [] }) };
  const wanderer = new Wanderer(seed);
  while (Object.values(wanderer.facts()).reduce((sum, rows) => sum + rows.length, 0) < 1_500) wanderer.keep(wanderer.delta());
  const { subject, undecided } = make(target, wanderer.facts(), limitsWith());
  assert.equal(undecided, null);
  const collect = collector();
  const [heap, engine]: [number[], number[]] = [[], []];
  let [deltas, refused] = [0, 0];
  while (more(deltas)) {
    for (const end = deltas + every; deltas < end; deltas++) {
      const delta = wanderer.delta(deltas % 5_000 === 4_999 ? 300 : 1);
      assert.equal(subject.apply(delta).undecided, null);
      if (deltas % 10 === 9) {
        subject.rollback();
        refused++;
      } else {
        subject.keep();
        wanderer.keep(delta);
      }
    }
    const expected = await duckdbAnswer(session, target, wanderer.facts(), { rounds: 10_000, rows_derived: 1_000_000 });
    for (const [name, rows] of expected ?? assert.fail("DuckDB is undecided"))
      assert.deepEqual(subject.rows(name).map(rowKey), rows.map(rowKey), `${name} after ${deltas} deltas, seed ${seed}`);
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    heap.push(heapUsed + arrayBuffers);
    engine.push(subject.bytes());
  }
  return { deltas, refused, comparisons: heap.length, heap, engine };
}

function collector(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}
