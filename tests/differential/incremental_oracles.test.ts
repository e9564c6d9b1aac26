import assert from "node:assert/strict";
import { test } from "node:test";
import type { IrProgram } from "../../logic/language/ir.ts";
import type { Row } from "../../schema/value.ts";
import type { Facts } from "../support/duckdb_facts.ts";
import { SUBJECT_LIMITS } from "../support/incremental/check_case.ts";
import { type DeltaCase, randomDeltaCase } from "../support/incremental/delta_case.ts";
import { loadSubject } from "../support/incremental/load_subject.ts";
import { maintained } from "../support/incremental/oracles.ts";
import { after, factsOf, stateOf } from "../support/incremental/states.ts";
import { clingoText, hasClingo, NotInClingo, runClingoOver } from "../support/ir_clingo.ts";
import { NotInSouffle, souffleText } from "../support/ir_souffle.ts";
import { rowKey } from "../support/naive_eval.ts";
import { runSouffle, souffleRows, withoutSouffle } from "../support/run_souffle.ts";
import { seededChoices } from "../support/seeded.ts";
import { SHARED } from "../support/vocabulary.ts";

const DELTAS = 20;
const PROGRAMS = Number(process.env["ASSAY_PROPERTY_RUNS"] ?? 120);

interface Final {
  readonly facts: Facts;
  readonly tuples: ReadonlyMap<string, readonly Row[]>;
}

/** What the engine holds behind the whole sequence, deltas that are undecided rolled back; null where it cannot start. */
function finalState(target: DeltaCase): Final | null {
  const { subject, undecided } = loadSubject(target, target.facts, SUBJECT_LIMITS);
  if (undecided !== null) return null;
  let state = stateOf(target.facts);
  for (const step of target.steps) {
    if (subject.apply(step).undecided !== null || !step.keep) {
      subject.rollback();
      continue;
    }
    subject.keep();
    state = after(state, step);
  }
  return { facts: factsOf(state), tuples: new Map(maintained(target).map((name) => [name, subject.rows(name)])) };
}

/** Only the rules of relations that the engine maintains: the others may be undecided, which it need not know. */
function maintainedPart(target: DeltaCase): IrProgram {
  const names = new Set(maintained(target));
  const relations = new Map([...target.program.relations].filter(([name, { role }]) => role === "base" || names.has(name)));
  return { ...target.program, relations, rules: target.program.rules.filter((rule) => names.has(rule.head.relation)) };
}

/** Hands `compare` random programs with the state behind their deltas; gives how many it took and how many tuples they had. */
function compareAll(compare: (program: IrProgram, final: Final) => boolean): { compared: number; tuples: number } {
  let compared = 0;
  let tuples = 0;
  for (let seed = 1; seed <= PROGRAMS; seed++) {
    const target = randomDeltaCase(seededChoices(seed, 3_000), DELTAS, SHARED);
    const final = finalState(target);
    if (final === null || !compare(maintainedPart(target), final)) continue;
    compared++;
    for (const rows of final.tuples.values()) tuples += rows.length;
  }
  return { compared, tuples };
}

const noClingo = hasClingo() ? false : "native clingo is not on this machine (Debian's package is `gringo`)";

test("behind random deltas the engine holds what clingo derives from the facts", { skip: noClingo }, () => {
  const { compared, tuples } = compareAll((program, { facts, tuples: ours }) => {
    try {
      const theirs = runClingoOver(program, clingoText(program, facts));
      for (const [name, rows] of ours) assert.deepEqual(rows.map(rowKey), theirs.get(name)?.map(rowKey), clingoText(program, facts));
      return true;
    } catch (error) {
      if (error instanceof NotInClingo) return false;
      throw error;
    }
  });
  assert.ok(compared > PROGRAMS / 4 && tuples > 2 * PROGRAMS, `${compared} programs compared, ${tuples} tuples`);
});

test("behind random deltas the engine holds what Soufflé derives from the facts", { skip: withoutSouffle() }, () => {
  const { compared, tuples } = compareAll((program, { facts, tuples: ours }) => {
    try {
      const text = souffleText(program, facts);
      const theirs = runSouffle(
        text,
        [...program.relations.values()].filter(({ role }) => role === "derived"),
      );
      if (theirs === null) return false;
      for (const [name, rows] of ours) {
        const relation = program.relations.get(name);
        if (relation !== undefined) assert.deepEqual(souffleRows(rows, relation), theirs.get(name), text);
      }
      return true;
    } catch (error) {
      if (error instanceof NotInSouffle) return false;
      throw error;
    }
  });
  assert.ok(compared > PROGRAMS / 4 && tuples > 2 * PROGRAMS, `${compared} programs compared, ${tuples} tuples`);
});
