import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { rowText } from "../../schema/delta_id.ts";
import type { Row } from "../../schema/value.ts";
import type { FactBase } from "../../verify/fact_base.ts";
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

test("after any deltas the fact base is what a set of facts would be, at every commit, and its log checks", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(op, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 8 }), async (deltas) => {
      await withBase([theoryFrom(PROGRAM, "m")], async (base) => {
        const states: Model[] = [new Map()];
        for (const [index, ops] of deltas.entries()) {
          const side = (isAssert: boolean): Record<string, Row[]> => {
            const rows: Record<string, Row[]> = {};
            for (const one of ops.filter((item) => item.assert === isAssert)) rows[one.name] = [...(rows[one.name] ?? []), one.row];
            return rows;
          };
          const expected = after(states.at(-1) as Model, ops);
          const verdict = await base.propose(proposal({ assert: side(true), retract: side(false), reason: `delta ${index}` }));
          assert.equal(verdict.verdict, expected === null ? "refused" : "accepted");
          if (expected !== null) states.push(expected);
        }
        assert.equal(base.head, states.length);
        for (const [index, state] of states.entries()) assert.deepEqual(await stateOf(base, index + 1), [...state.keys()].toSorted());
        const check = await base.checkLog();
        assert.deepEqual(check.break, null);
      });
    }),
    { numRuns: 15 },
  );
});
