import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { ProposedDelta } from "../../schema/delta.ts";
import { rowText } from "../../schema/delta_id.ts";
import type { Relation } from "../../schema/relation.ts";
import type { Row } from "../../schema/value.ts";
import type { Verdict } from "../../schema/verdict.ts";
import type { FactBase } from "../../verify/fact_base.ts";
import type { ImportUnit } from "../../verify/judge_in_order.ts";
import { proposal, theoryFrom, withBase } from "../support/fact_bases.ts";

const PROGRAM = `
.decl p(x:number, s:symbol)
.input p
.decl q()
.input q
/// @key(x)
.decl k(x:number, s:symbol)
.input k
/// @law m.low error "{x}"
.decl low(x:number)
low(x) :- p(x, _), x < 0.
`;

type Name = "p" | "q" | "k";
type Model = ReadonlyMap<string, { readonly name: Name; readonly row: Row }>;
interface Op {
  readonly name: Name;
  readonly row: Row;
  readonly assert: boolean;
}

const symbol = fc.constantFrom("", "a", "é", "'", '"');
const op: fc.Arbitrary<Op> = fc.oneof(
  fc.record({ name: fc.constant<Name>("p"), row: fc.tuple(fc.bigInt({ min: -1n, max: 4n }), symbol), assert: fc.boolean() }),
  fc.record({ name: fc.constant<Name>("k"), row: fc.tuple(fc.bigInt({ min: 0n, max: 2n }), symbol), assert: fc.boolean() }),
  fc.record({ name: fc.constant<Name>("q"), row: fc.constant<Row>([]), assert: fc.boolean() }),
);
const key = ({ name, row }: { name: Name; row: Row }): string => `${name}${rowText(row)}`;

/** The state after a delta, or null where it must be refused: the laws of the program, said once more and plainly. */
function after(before: Model, ops: readonly Op[]): Model | null {
  const state = new Map(before);
  const asserted = new Set(ops.filter((one) => one.assert).map(key));
  for (const one of ops.filter(({ assert: isAssert }) => !isAssert)) {
    if (!before.has(key(one)) || asserted.has(key(one))) return null;
    state.delete(key(one));
  }
  for (const { name, row, assert: isAssert } of ops) if (isAssert) state.set(key({ name, row }), { name, row });
  const facts = [...state.values()];
  const keys = facts.filter(({ name }) => name === "k").map(({ row }) => row[0]);
  const isLawful = new Set(keys).size === keys.length && facts.every(({ name, row }) => name !== "p" || (row[0] as bigint) >= 0n);
  return isLawful ? state : null;
}

async function stateOf(base: FactBase, asOf: number): Promise<string[]> {
  const found: string[] = [];
  for (const [name, query] of [
    ["p", "?- p(x, s)."],
    ["k", "?- k(x, s)."],
    ["q", "?- q()."],
  ] as const) {
    const { rows } = await base.query({ datalog: query }, { asOf });
    found.push(...rows.map((row) => key({ name, row: row as Row })));
  }
  return found.toSorted();
}

const deltasOf = fc.array(fc.array(op, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 8 });

function proposalOf(ops: readonly Op[], index: number): ProposedDelta {
  const side = (isAssert: boolean): Record<string, Row[]> => {
    const rows: Record<string, Row[]> = {};
    for (const one of ops.filter((item) => item.assert === isAssert)) rows[one.name] = [...(rows[one.name] ?? []), one.row];
    return rows;
  };
  return proposal({ assert: side(true), retract: side(false), reason: `delta ${index}` });
}

for (const engines of [["incremental"], ["duckdb"], ["duckdb", "incremental"]] as const) {
  test(`after any deltas, by ${engines}, the fact base is what a set of facts would be, at every commit, and its log checks`, async () => {
    await fc.assert(
      fc.asyncProperty(deltasOf, fc.nat({ max: 4 }), async (deltas, together) => {
        await withBase(
          [theoryFrom(PROGRAM, "m")],
          async (base) => {
            const states: Model[] = [new Map()];
            const verdicts: Promise<Verdict>[] = [];
            const expected: (Model | null)[] = [];
            for (const [index, ops] of deltas.entries()) {
              const next = after(states.at(-1) as Model, ops);
              expected.push(next);
              if (next !== null) states.push(next);
              verdicts.push(base.propose(proposalOf(ops, index)));
              if (index % (together + 1) === together) await Promise.all(verdicts);
            }
            assert.deepEqual(
              (await Promise.all(verdicts)).map(({ verdict }) => verdict),
              expected.map((state) => (state === null ? "refused" : "accepted")),
            );
            assert.equal(base.head, states.length);
            for (const [index, state] of states.entries()) assert.deepEqual(await stateOf(base, index + 1), [...state.keys()].toSorted());
            const check = await base.checkLog();
            assert.deepEqual(check.break, null);
          },
          {},
          engines,
        );
      }),
      { numRuns: 10 },
    );
  });
}

test("imports in order decide as proposals one after the other do, whichever engine judges", async () => {
  await fc.assert(
    fc.asyncProperty(deltasOf, fc.array(op, { minLength: 1, maxLength: 6 }), async (deltas, present) => {
      const units = deltas.map((ops) => ops.map((one) => ({ ...one, assert: true })));
      const decided: unknown[] = [];
      for (const engines of [["incremental"], ["duckdb"]] as const) {
        await withBase(
          [theoryFrom(PROGRAM, "m")],
          async (base) => {
            const before = after(
              new Map(),
              present.map((one) => ({ ...one, assert: true })),
            );
            await base.propose(
              proposalOf(
                present.map((one) => ({ ...one, assert: true })),
                -1,
              ),
            );
            let state = before ?? new Map();
            const expected = units.flatMap((ops, index) => {
              const next = after(state, ops);
              if (next !== null) state = next;
              return next === null ? [index] : [];
            });
            const typed = units.map((ops) => unitOf(base, ops));
            const { refused } = await base.importInOrder(proposalOf([], 0), typed, false);
            assert.deepEqual(
              refused.map(({ unit }) => unit),
              expected,
            );
            assert.deepEqual(await stateOf(base, base.head), [...state.keys()].toSorted());
            decided.push(refused.map(({ unit, violations }) => [unit, violations.map(({ fingerprint }) => fingerprint)]));
          },
          {},
          engines,
        );
      }
      assert.deepEqual(decided[1], decided[0]);
    }),
    { numRuns: 10 },
  );
});

function unitOf(base: FactBase, ops: readonly Op[]): ImportUnit {
  return (["p", "k", "q"] as const).flatMap((name) => {
    const rows = ops.filter((one) => one.name === name).map(({ row }) => ({ row, pointer: "", place: null }));
    return rows.length === 0 ? [] : [{ side: "assert" as const, relation: base.program.relations.get(name) as Relation, rows }];
  });
}
