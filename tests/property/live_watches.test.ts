import assert from "node:assert/strict";
import { test } from "node:test";
import type { WatchTarget } from "../../logic/engines/incremental/subscriptions.ts";
import { factKey } from "../../logic/explain/fact_key.ts";
import type { ProposedRow } from "../../schema/delta.ts";
import type { Row } from "../../schema/value.ts";
import type { EngineName } from "../../verify/engine_name.ts";
import type { FactBase } from "../../verify/fact_base.ts";
import { importDelta } from "../../verify/import_delta.ts";
import type { Choices } from "../support/choices.ts";
import { proposal, theoryFrom, withBase } from "../support/fact_bases.ts";
import { seededChoices } from "../support/seeded.ts";

const PROGRAM = (limit: number): string => `
.decl edge(a:number, b:number)
.input edge
.decl weight(a:number, w:number)
.input weight
.decl path(a:number, b:number)
path(a, b) :- edge(a, b).
path(a, c) :- path(a, b), edge(b, c).
.decl total(n:number)
total(n) :- n = sum w : { weight(_, w) }.
/// @law g.loop error "{a} is in a circle"
.decl loop(a:number)
loop(a) :- path(a, a).
/// @law g.heavy warn "{a} weighs {w}"
.decl heavy(a:number, w:number)
heavy(a, w) :- weight(a, w), w > ${limit}.
`;

const TARGETS: readonly WatchTarget[] = [
  { kind: "relation", relation: "edge" },
  { kind: "relation", relation: "weight" },
  { kind: "relation", relation: "path" },
  { kind: "law", law: "g.heavy" },
  { kind: "query", text: "?- path(a, b), weight(b, w), w > 3." },
  { kind: "query", text: "?- total(n)." },
];
const STEPS = 8;

/** What one watch was told, put together. */
class Follower {
  readonly target: WatchTarget;
  readonly id: number;
  readonly rows = new Map<string, Row>();
  told: number;

  constructor(target: WatchTarget, id: number, rows: readonly Row[], head: number) {
    this.target = target;
    this.id = id;
    this.told = head;
    for (const row of rows) this.rows.set(factKey("", row), row);
  }

  take(from: number, to: number, added: readonly Row[], removed: readonly Row[]): void {
    assert.ok(from >= this.told && to > from, `a change from ${from} to ${to} where ${this.told} was told`);
    for (const row of removed) assert.ok(this.rows.delete(factKey("", row)), `${row} goes and was not there`);
    for (const row of added) {
      assert.ok(!this.rows.has(factKey("", row)), `${row} comes twice`);
      this.rows.set(factKey("", row), row);
    }
    this.told = to;
  }
}

async function follow(base: FactBase, target: WatchTarget): Promise<Follower> {
  return base.still(async (still) => {
    const opened = await still.watch(target);
    assert.equal(opened.kind, "watching");
    const id = opened.kind === "watching" ? opened.id : 0;
    const rows = await still.rows(id);
    assert.ok(Array.isArray(rows));
    return new Follower(target, id, rows, still.head);
  });
}

function deltaOf(choices: Choices, step: number) {
  const row = (): ProposedRow => [BigInt(choices.below(6)), BigInt(choices.below(6))];
  const rows = (): ProposedRow[] => Array.from({ length: choices.below(3) }, row);
  const assert = { edge: rows(), weight: rows() };
  const retract = choices.below(3) === 0 ? { edge: [row()] } : {};
  return proposal({ assert, retract, reason: `step ${step} ${choices.below(1_000_000)}` });
}

/** The rows of a target now, asked anew. */
async function asked(base: FactBase, target: WatchTarget): Promise<Set<string>> {
  const text = target.kind === "query" ? target.text : target.kind === "law" ? "?- heavy(a, w)." : `?- ${target.relation}(a, b).`;
  const { rows } = await base.query({ datalog: text });
  return new Set(rows.map((row) => factKey("", row as Row)));
}

async function step(base: FactBase, choices: Choices, number: number): Promise<void> {
  switch (choices.below(6)) {
    case 0:
      await base.loadTheory([theoryFrom(PROGRAM(2 + choices.below(3)), "g", `1.0.${number}`)], { author: "t", reason: `load ${number}` });
      return;
    case 1:
      await importDelta(base, { ...deltaOf(choices, number), retract: new Map() }, { onViolation: "quarantine" });
      return;
    case 2:
      await base.rehearse([deltaOf(choices, number)]);
      return;
    default:
      await Promise.all(Array.from({ length: 1 + choices.below(4) }, () => base.propose(deltaOf(choices, number))));
  }
}

async function runCase(base: FactBase, choices: Choices, isStepwise: boolean): Promise<void> {
  await base.propose(proposal({ assert: { edge: [[1n, 2n]], weight: [[2n, 5n]] }, reason: "first" }));
  const followers = new Map<number, Follower>();
  for (const target of TARGETS) {
    const follower = await follow(base, target);
    followers.set(follower.id, follower);
  }
  base.onTurn(({ changes }) => {
    for (const { id, from, to, added, removed, ended } of changes) {
      assert.equal(ended, null);
      if (isStepwise) assert.equal(to - from, 1, "the engine tells commit by commit");
      followers.get(id)?.take(from, to, added, removed);
    }
  });
  for (let number = 0; number < STEPS; number += 1) {
    await step(base, choices, number);
    for (const { target, rows } of followers.values()) assert.deepEqual(new Set(rows.keys()), await asked(base, target), `step ${number}`);
    const [one] = [...followers.values()].slice(choices.below(TARGETS.length - 1));
    const commit = Math.max(1, base.head - choices.below(3));
    if (one !== undefined) await holdSince(base, one, commit);
  }
}

/** What is said to have changed since a commit makes the rows of then those of now. */
async function holdSince(base: FactBase, { id, target, rows }: Follower, commit: number): Promise<void> {
  const text = target.kind === "query" ? target.text : target.kind === "law" ? "?- heavy(a, w)." : `?- ${target.relation}(a, b).`;
  const before = await base.query({ datalog: text }, { asOf: commit });
  const since = await base.still((still) => still.since(id, commit));
  assert.ok(since !== null);
  const then = new Set(before.rows.map((row) => factKey("", row as Row)));
  for (const row of since.removed) assert.ok(then.delete(factKey("", row)));
  for (const row of since.added) then.add(factKey("", row));
  assert.deepEqual(then, new Set(rows.keys()));
}

const engines: readonly { readonly names: readonly EngineName[] | null; readonly cases: number }[] = [
  { names: null, cases: 3 },
  { names: ["duckdb"], cases: 1 },
  { names: ["duckdb", "incremental"], cases: 1 },
];

for (const { names, cases } of engines) {
  test(`watches tell exactly what queries find, judged by ${names?.join(" and ") ?? "the default engine"}`, async () => {
    for (let seed = 1; seed <= cases; seed += 1) {
      try {
        await withBase([theoryFrom(PROGRAM(4), "g")], (base) => runCase(base, seededChoices(seed, 4_000), names === null), {}, names);
      } catch (cause) {
        throw new Error(`seed ${seed}`, { cause });
      }
    }
  });
}
