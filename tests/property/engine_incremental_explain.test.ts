import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { IncrementalEngine } from "../../logic/engines/incremental/incremental_engine.ts";
import type { WhyNot } from "../../logic/explain/proof.ts";
import { prove } from "../../logic/explain/prove.ts";
import { supportOf } from "../../logic/explain/support.ts";
import { explainAbsence } from "../../logic/explain/why_not.ts";
import type { IrProgram } from "../../logic/language/ir.ts";
import { systemClock } from "../../schema/clock.ts";
import { limitsWith } from "../../schema/limits.ts";
import type { Row, Value } from "../../schema/value.ts";
import { type DuckDbSession, openMemory } from "../../verify/store/duckdb_session.ts";
import { Choices } from "../support/choices.ts";
import { type Facts, inputOver } from "../support/duckdb_facts.ts";
import { NAIVE_SYMBOL_BYTES } from "../support/naive_terms.ts";
import { randomCase } from "../support/random_programs.ts";

const RUNS = Number(process.env["ASSAY_PROPERTY_RUNS"] ?? 120);
const BOUNDS = { rounds: 40, rows_derived: 400, symbol_bytes: NAIVE_SYMBOL_BYTES, verdict_ms: 60_000 };

let session: DuckDbSession;
before(async () => {
  session = await openMemory({ threads: "1" });
});
after(() => session.close());

/** An engine that maintains every relation, or null where some of it is undecided. */
function engineOver(program: IrProgram, facts: Facts): IncrementalEngine | null {
  const engine = IncrementalEngine.create({
    program,
    limits: limitsWith(BOUNDS),
    clock: systemClock,
    watch: [...program.relations.keys()],
  });
  if (engine.evaluate().undecided !== null) return null;
  const all = Object.entries(facts).flatMap(([relation, rows]) => rows.map((row) => ({ relation, row })));
  if (engine.apply({ assert: all, retract: [] }).undecided !== null) return null;
  engine.keep();
  return engine;
}

const cases = fc.array(fc.nat(9999), { minLength: 30, maxLength: 160, size: "max" });

/** The sign of zero is not a difference between floats. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? `${inner}n` : Object.is(inner, -0) ? 0 : inner)));
}

test("proofs and supports out of the engine are those out of DuckDB", async () => {
  let proofs = 0;
  await fc.assert(
    fc.asyncProperty(cases, async (numbers) => {
      const { program, facts } = randomCase(new Choices(numbers));
      const engine = engineOver(program, facts);
      if (engine === null) return;
      const input = await inputOver(session, program, facts, BOUNDS);
      for (const { name, role } of program.relations.values()) {
        const rows = engine.rows(name, 0, 3);
        for (const row of rows.slice(0, role === "base" ? 1 : 2)) {
          const theirs = await prove(input, { relation: name, row });
          assert.equal(theirs.undecided, null);
          assert.deepEqual(plain(engine.explainer.prove({ relation: name, row })), plain(theirs.proof));
          proofs++;
        }
        if (role === "base" || rows.length === 0) continue;
        const theirs = await supportOf(input, name, rows);
        assert.deepEqual(plain(engine.explainer.support(name, rows)), plain(theirs.support));
        assert.deepEqual(plain(engine.support(name, rows[0] as Row)), plain(theirs.support[0]?.facts));
      }
    }),
    { numRuns: RUNS },
  );
  assert.ok(proofs > RUNS, `${proofs} proofs`);
});

/** Rows like those that are there, some values left open. */
function patternsLike(program: IrProgram, engine: IncrementalEngine, choices: Choices): { relation: string; row: (Value | null)[] }[] {
  const derived = [...program.relations.values()].filter(({ role }) => role === "derived");
  return derived.map(({ name, attributes }) => {
    const row = attributes.map(({ type }) => {
      if (choices.below(4) === 3) return null;
      const values = [...program.relations.values()].flatMap((relation) =>
        relation.attributes.flatMap((attribute, at) =>
          attribute.type === type ? engine.rows(relation.name, 0, 3).map((found) => found[at] as Value) : [],
        ),
      );
      return values.length > 0 ? choices.of(values) : null;
    });
    return { relation: name, row };
  });
}

test("reasons for absence out of the engine are those out of DuckDB", async () => {
  let absences = 0;
  await fc.assert(
    fc.asyncProperty(cases, fc.array(fc.nat(99), { minLength: 40, maxLength: 40 }), async (numbers, more) => {
      const { program, facts } = randomCase(new Choices(numbers));
      const engine = engineOver(program, facts);
      if (engine === null) return;
      const input = await inputOver(session, program, facts, { ...BOUNDS, explain_depth: 3 });
      for (const { relation, row } of patternsLike(program, engine, new Choices(more)).slice(0, 3)) {
        const theirs = await explainAbsence(input, relation, row);
        if (theirs.undecided !== null) continue;
        const mine = await engine.explainer.whyNot(relation, row);
        assert.deepEqual(plain(shapeOf(mine, 3)), plain(shapeOf(theirs.whyNot, 3)));
        assertSameBindings(mine, theirs.whyNot);
        if (mine !== null) absences++;
      }
    }),
    { numRuns: RUNS },
  );
  assert.ok(absences > RUNS / 2, `${absences} absences`);
});

/** What must agree: the rules in order, and what each lacks. */
function shapeOf(whyNot: WhyNot | null, depth: number): unknown {
  if (whyNot === null) return null;
  if (depth === 0) return "deeper";
  return whyNot.attempts.map(({ rule, missing }) => ({
    rule: rule.id,
    missing: missing.map(({ kind, relation, row, text, why }) => ({ kind, relation, row, text, why: shapeOf(why, depth - 1) })),
  }));
}

/** Values that both give a variable are equal; an engine may know the value of an aggregate that the other did not have to compute. */
function assertSameBindings(mine: WhyNot | null, theirs: WhyNot | null): void {
  for (const [index, { bindings }] of (mine?.attempts ?? []).entries()) {
    const other = theirs?.attempts[index]?.bindings ?? {};
    for (const [name, value] of Object.entries(bindings)) if (Object.hasOwn(other, name)) assert.equal(value, other[name], name);
    assert.ok(
      Object.keys(other).every((name) => Object.hasOwn(bindings, name)) ||
        Object.keys(bindings).every((name) => Object.hasOwn(other, name)),
    );
  }
}
