import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { checkLaws } from "../../logic/engines/duckdb/check_laws.ts";
import type { Proof } from "../../logic/explain/proof.ts";
import { prove } from "../../logic/explain/prove.ts";
import { supportOf } from "../../logic/explain/support.ts";
import { explainAbsence } from "../../logic/explain/why_not.ts";
import type { IrLiteral, IrProgram } from "../../logic/language/ir.ts";
import type { Row } from "../../schema/value.ts";
import { type DuckDbSession, openMemory } from "../../verify/store/duckdb_session.ts";
import { Choices } from "../support/choices.ts";
import { type Facts, inputOver } from "../support/duckdb_facts.ts";
import { evaluate, rowKey } from "../support/naive_eval.ts";
import { NAIVE_SYMBOL_BYTES } from "../support/naive_terms.ts";
import { randomCase } from "../support/random_programs.ts";

const BOUNDS = { rounds: 40, rows: 400 };
const RUNS = Number(process.env["ASSAY_PROPERTY_RUNS"] ?? 120);
let session: DuckDbSession;

before(async () => {
  session = await openMemory({ threads: "1" });
});
after(() => session.close());

const cases = fc.array(fc.nat(9999), { minLength: 30, maxLength: 160, size: "max" });

function isPositive(body: readonly IrLiteral[]): boolean {
  return body.every((literal) => literal.kind !== "aggregate" && !(literal.kind === "atom" && literal.negated));
}

/** Every fact a proof claims, and that each derived node names a rule of its relation. */
function claimed(program: IrProgram, proof: Proof): { relation: string; row: Row }[] {
  if (proof.kind === "derived") {
    const rule = program.rules.find(({ id }) => id === proof.rule?.id);
    assert.equal(rule?.head.relation, proof.relation);
    if (proof.cut === undefined) assert.ok(proof.premises.length >= (rule?.body.length ?? 0));
  }
  const own = proof.kind === "base" || proof.kind === "derived" ? [{ relation: proof.relation ?? "", row: (proof.row ?? []) as Row }] : [];
  return [...own, ...proof.premises.flatMap((premise) => claimed(program, premise))];
}

/** The absences a proof rests on. */
function absences(proof: Proof): Proof[] {
  return [...(proof.kind === "absent" ? [proof] : []), ...proof.premises.flatMap(absences)];
}

test("proofs claim only what holds, and the support of a positive fact derives it alone", async () => {
  let proofs = 0;
  let supports = 0;
  await fc.assert(
    fc.asyncProperty(cases, async (numbers) => {
      const { program, facts } = randomCase(new Choices(numbers));
      const input = await inputOver(session, program, facts, {
        rounds: BOUNDS.rounds,
        rows_derived: BOUNDS.rows,
        symbol_bytes: NAIVE_SYMBOL_BYTES,
      });
      const check = await checkLaws(input);
      for (const { law } of check.laws) {
        const relation = law.slice(2);
        const rows = (await check.witnesses(law, 0, 3)) as Row[];
        if (rows.length === 0) continue;
        const all = evaluate(program, facts, [relation], BOUNDS);
        const known = new Map([...all].map(([name, tuples]) => [name, new Set(tuples.map(rowKey))]));
        for (const row of rows.slice(0, 2)) {
          const { proof } = await prove(input, { relation, row });
          assert.ok(proof !== null);
          for (const fact of claimed(program, proof))
            assert.ok(known.get(fact.relation)?.has(rowKey(fact.row)), `${fact.relation} ${rowKey(fact.row)}`);
          for (const { relation: name, row: pattern } of absences(proof)) {
            const matches = (all.get(name ?? "") ?? []).some((tuple) =>
              pattern?.every((value, at) => value === null || value === tuple[at]),
            );
            assert.equal(matches, false);
          }
          proofs++;
        }
        supports += await supportsDerive(program, facts, relation, rows, input);
      }
      await check.close();
    }),
    { numRuns: RUNS },
  );
  assert.ok(proofs > RUNS / 2 && supports > RUNS / 4, `${proofs} proofs, ${supports} supports`);
});

async function supportsDerive(
  program: IrProgram,
  facts: Facts,
  relation: string,
  rows: readonly Row[],
  input: Parameters<typeof supportOf>[0],
): Promise<number> {
  const { support } = await supportOf(input, relation, rows);
  assert.equal(support.length, rows.length);
  for (const { facts: mine } of support) {
    for (const fact of mine) assert.ok(facts[fact.relation]?.some((row) => rowKey(row) === rowKey(fact.row)));
  }
  if (!program.rules.every((rule) => isPositive(rule.body))) return 0;
  for (const [at, row] of rows.entries()) {
    const only: Record<string, Row[]> = {};
    for (const fact of support[at]?.facts ?? []) only[fact.relation] = [...(only[fact.relation] ?? []), fact.row];
    const derived = evaluate(program, only, [relation], BOUNDS).get(relation) ?? [];
    assert.ok(derived.some((tuple) => rowKey(tuple) === rowKey(row)));
  }
  return rows.length;
}

test("why-not answers exactly where a fact does not hold, with a reason for every rule", async () => {
  let reasons = 0;
  await fc.assert(
    fc.asyncProperty(cases, fc.nat(3), async (numbers, pick) => {
      const { program, facts } = randomCase(new Choices(numbers));
      const input = await inputOver(session, program, facts, {
        rounds: BOUNDS.rounds,
        rows_derived: BOUNDS.rows,
        symbol_bytes: NAIVE_SYMBOL_BYTES,
      });
      const check = await checkLaws(input);
      await check.close();
      const decided = check.laws.map(({ law }) => law.slice(2));
      const relation = decided[pick % Math.max(1, decided.length)];
      if (relation === undefined) return;
      const values = { number: [1n, 5n, 0n], symbol: ["a", "zz"], float: [0.5, 3.25], unsigned: [1n, 9n] } as const;
      const row = (program.relations.get(relation)?.attributes ?? []).map((attribute, at) => values[attribute.type][(at + pick) % 2] ?? 1n);
      const holds = (evaluate(program, facts, [relation], BOUNDS).get(relation) ?? []).some((tuple) => rowKey(tuple) === rowKey(row));
      const { whyNot, undecided } = await explainAbsence(input, relation, row);
      assert.equal(undecided, null);
      assert.equal(whyNot === null, holds);
      if (whyNot === null) return;
      assert.equal(whyNot.attempts.length, program.rules.filter((rule) => rule.head.relation === relation).length);
      for (const attempt of whyNot.attempts) assert.ok(attempt.missing.length > 0);
      reasons += whyNot.attempts.length;
    }),
    { numRuns: RUNS },
  );
  assert.ok(reasons > RUNS / 2);
});
