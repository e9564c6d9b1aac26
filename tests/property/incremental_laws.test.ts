import assert from "node:assert/strict";
import { test } from "node:test";
import type { IrProgram } from "../../logic/language/ir.ts";
import type { Fact } from "../../schema/fact.ts";
import type { Row, Value } from "../../schema/value.ts";
import { caseOfSeed } from "../support/incremental/campaign.ts";
import { SUBJECT_LIMITS } from "../support/incremental/check_case.ts";
import { type DeltaCase, randomDeltaCase } from "../support/incremental/delta_case.ts";
import { loadSubject } from "../support/incremental/load_subject.ts";
import { maintained } from "../support/incremental/oracles.ts";
import type { Subject } from "../support/incremental/subject.ts";
import { isBlindToOrder } from "../support/incremental/symbol_blind.ts";
import { compareRows, rowKey } from "../support/naive_eval.ts";
import { type Rewriting, rewritten } from "../support/rewrite_program.ts";
import { seededChoices } from "../support/seeded.ts";
import { SHARED } from "../support/vocabulary.ts";

/** Laws that need no oracle. Seeds are those of `caseOfSeed`; a failure names its own. */
const PROGRAMS = Number(process.env["ASSAY_PROPERTY_RUNS"] ?? 150);
const DELTAS = 8;

type Delta = { readonly assert: readonly Fact[]; readonly retract: readonly Fact[] };

function start(target: DeltaCase): Subject | null {
  const { subject, undecided } = loadSubject(target, target.facts, SUBJECT_LIMITS);
  return undecided === null ? subject : null;
}

/** Applies and keeps a delta; false, with the delta rolled back, where it is undecided. */
function keeps(subject: Subject, delta: Delta): boolean {
  if (subject.apply(delta).undecided === null) {
    subject.keep();
    return true;
  }
  subject.rollback();
  return false;
}

/** Everything an engine holds, as text. */
function contents(subject: Subject, target: DeltaCase): string[] {
  return [...subject.reached, ...maintained(target)].sort().map((name) => `${name}: ${subject.rows(name).map(rowKey).join(" ")}`);
}

/** Two engines over the same facts, for every seed that can be decided there. */
function* pairs(): Generator<{ seed: number; target: DeltaCase; one: Subject; other: Subject }> {
  for (let seed = 1; seed <= PROGRAMS; seed++) {
    const target = caseOfSeed(seed, DELTAS);
    const [one, other] = [start(target), start(target)];
    if (one !== null && other !== null) yield { seed, target, one, other };
  }
}

function halves(delta: Delta, isFirst: (at: number) => boolean): [Delta, Delta] {
  const total = delta.assert.length;
  const pick = (first: boolean): Delta => ({
    assert: delta.assert.filter((_, at) => isFirst(at) === first),
    retract: delta.retract.filter((_, at) => isFirst(total + at) === first),
  });
  return [pick(true), pick(false)];
}

/** Facts that a delta names twice stay together: only the set of them has a meaning. */
function once(delta: Delta): Delta {
  const unique = (facts: readonly Fact[]): Fact[] => [...new Map(facts.map((fact) => [fact.relation + rowKey(fact.row), fact])).values()];
  return { assert: unique(delta.assert), retract: unique(delta.retract) };
}

test("a delta split in two ends in the same state, in whichever order", () => {
  let splits = 0;
  for (const { seed, target, one, other } of pairs()) {
    for (const [at, step] of target.steps.entries()) {
      const whole = once(step);
      const split = halves(whole, (index) => (index + seed) % 2 === 0);
      const [first, second] = at % 2 === 0 ? split : [split[1], split[0]];
      if (one.apply(whole).undecided !== null) {
        one.rollback();
        continue;
      }
      if (!keeps(other, first)) {
        one.rollback();
        continue;
      }
      one.keep();
      assert.ok(keeps(other, second), `seed ${seed}, delta ${at}: undecided in two parts`);
      assert.deepEqual(contents(other, target), contents(one, target), `seed ${seed}, delta ${at}`);
      splits++;
    }
  }
  assert.ok(splits > PROGRAMS, `${splits} splits`);
});

test("what a delta did, taken back, leaves what was there before", () => {
  let returns = 0;
  for (const { seed, target, one } of pairs()) {
    const before = contents(one, target);
    for (const [at, step] of target.steps.entries()) {
      if (one.apply(step).undecided !== null) {
        one.rollback();
        continue;
      }
      const { assert: came, retract: went } = one.effective();
      const gains = maintained(target).map((name) => one.added(name).map(rowKey).sort());
      one.keep();
      assert.equal(one.apply({ assert: went, retract: came }).undecided, null, `seed ${seed}, delta ${at}`);
      const losses = maintained(target).map((name) => one.removed(name).map(rowKey).sort());
      assert.deepEqual(losses, gains, `seed ${seed}, delta ${at}`);
      one.keep();
      assert.deepEqual(contents(one, target), before, `seed ${seed}, delta ${at}`);
      returns++;
    }
  }
  assert.ok(returns > PROGRAMS, `${returns} returns`);
});

const turned: Rewriting = { name: (name) => `v_${name}`, order: (list) => list.toReversed(), turned: true };

test("the order of rules and literals and the names of variables mean nothing", () => {
  let steps = 0;
  for (let seed = 1; seed <= PROGRAMS; seed++) {
    const target = caseOfSeed(seed, DELTAS);
    const other = { ...target, program: rewritten(target.program, turned) };
    const [one, two] = [start(target), start(other)];
    assert.equal(one === null, two === null, `seed ${seed}`);
    if (one === null || two === null) continue;
    for (const [at, step] of target.steps.entries()) {
      assert.equal(keeps(two, step), keeps(one, step), `seed ${seed}, delta ${at}`);
      assert.deepEqual(contents(two, target), contents(one, target), `seed ${seed}, delta ${at}`);
      steps++;
    }
  }
  assert.ok(steps > 2 * PROGRAMS, `${steps} steps`);
});

const PERMUTED: Readonly<Record<string, string>> = { a: "12", b: "a", ab: "b", "12": "ab" };

function permuted(value: Value): Value {
  return typeof value === "string" ? (PERMUTED[value] ?? value) : value;
}

function permutedProgram(program: IrProgram): IrProgram {
  return rewritten(program, { constant: (constant) => ({ ...constant, value: permuted(constant.value) }) });
}

test("permuted symbols give permuted tuples", () => {
  let tuples = 0;
  const permutedFact = ({ relation, row }: Fact): Fact => ({ relation, row: row.map(permuted) });
  for (let seed = 1; seed <= 2 * PROGRAMS; seed++) {
    const target = randomDeltaCase(seededChoices(seed, 3_000), DELTAS, SHARED);
    if (!isBlindToOrder(target.program)) continue;
    const facts = Object.fromEntries(Object.entries(target.facts).map(([name, rows]) => [name, rows.map((row) => row.map(permuted))]));
    const other = { ...target, program: permutedProgram(target.program), facts };
    const [one, two] = [start(target), start(other)];
    assert.equal(one === null, two === null, `seed ${seed}`);
    if (one === null || two === null) continue;
    for (const [at, step] of target.steps.entries()) {
      const moved = { assert: step.assert.map(permutedFact), retract: step.retract.map(permutedFact) };
      assert.equal(keeps(two, moved), keeps(one, step), `seed ${seed}, delta ${at}`);
      for (const name of maintained(target)) {
        const expected: Row[] = one.rows(name).map((row): Row => row.map(permuted));
        assert.deepEqual(two.rows(name), expected.sort(compareRows), `seed ${seed}, delta ${at}, ${name}`);
        tuples += expected.length;
      }
    }
  }
  assert.ok(tuples > PROGRAMS, `${tuples} tuples`);
});
