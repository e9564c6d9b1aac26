import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { checkLaws } from "../../../../../logic/engines/duckdb/check_laws.ts";
import { withDemand } from "../../../../../logic/engines/duckdb/demand.ts";
import { materialise } from "../../../../../logic/engines/duckdb/materialise.ts";
import type { Row } from "../../../../../schema/value.ts";
import { type DuckDbSession, openMemory } from "../../../../../verify/store/duckdb_session.ts";
import { programOf } from "../../../../support/compile_dl.ts";
import { inputOver } from "../../../../support/duckdb_facts.ts";

let session: DuckDbSession;
before(async () => {
  session = await openMemory({ threads: "1" });
});
after(() => session.close());

const EDGES = ".decl e(a:number, b:number)\n.input e\n.decl stop(a:number)\n.input stop\n";
/** Recursions over edges, and what is asked of each: the constants stand in one or more uses. */
const RECURSIONS: Readonly<Record<string, { readonly rules: string; readonly uses: readonly string[]; readonly isNarrowed: boolean }>> = {
  "to the right": { rules: "r(a, b) :- e(a, b).\nr(a, c) :- e(a, b), r(b, c).", uses: ["r(1, x)"], isNarrowed: true },
  "to the left": { rules: "r(a, b) :- e(a, b).\nr(a, c) :- r(a, b), e(b, c).", uses: ["r(2, x)", "r(1, x)"], isNarrowed: true },
  backwards: { rules: "r(a, b) :- e(a, b).\nr(a, c) :- r(a, b), e(b, c).", uses: ["r(x, 1)"], isNarrowed: true },
  "the same generation": {
    rules: "r(a, a) :- e(a, _).\nr(a, b) :- e(a, c), r(c, d), e(b, d).",
    uses: ["r(1, 2), e(x, _)"],
    isNarrowed: true,
  },
  "with a denial": {
    rules: "r(a, b) :- e(a, b), !stop(a).\nr(a, c) :- e(a, b), !stop(b), r(b, c), a != c.",
    uses: ["r(0, x)"],
    isNarrowed: true,
  },
  "a constant in the head": {
    rules: "r(1, b) :- e(1, b).\nr(a, b) :- e(a, b), stop(b).\nr(1, c) :- e(1, b), r(b, c).",
    uses: ["r(1, x)"],
    isNarrowed: true,
  },
  "twice in a rule": { rules: "r(a, b) :- e(a, b).\nr(a, c) :- r(a, b), r(b, c).", uses: ["r(1, x)"], isNarrowed: false },
  "denied somewhere": {
    rules: "r(a, b) :- e(a, b).\nr(a, c) :- e(a, b), r(b, c).",
    uses: ["r(1, x)", "e(x, _), !r(1, x)"],
    isNarrowed: false,
  },
  "counted somewhere": {
    rules: "r(a, b) :- e(a, b).\nr(a, c) :- e(a, b), r(b, c).",
    uses: ["r(1, x)", "x = count : { r(1, _) }"],
    isNarrowed: false,
  },
  "without a constant": { rules: "r(a, b) :- e(a, b).\nr(a, c) :- e(a, b), r(b, c).", uses: ["r(1, x)", "r(x, _)"], isNarrowed: false },
  "not handed on": { rules: "r(a, b) :- e(a, b).\nr(a, c) :- e(a, _), r(b, c), e(b, c).", uses: ["r(1, x)"], isNarrowed: true },
  calculating: { rules: "r(a, b) :- e(a, b).\nr(a, c + 0) :- e(a, b), r(b, c).", uses: ["r(1, x)"], isNarrowed: false },
};

const graph = fc.array(fc.tuple(fc.nat(4), fc.nat(4)), { maxLength: 9 });

async function rowsOf(text: string, facts: Readonly<Record<string, readonly Row[]>>, relation: string): Promise<string[]> {
  const input = await inputOver(session, programOf(text), facts);
  const made = await materialise(input, [relation]);
  try {
    assert.equal(made.undecided, null);
    return (await session.rows(`SELECT * FROM ${made.table(relation)}`)).map(String).toSorted();
  } finally {
    await made.close();
  }
}

for (const [name, { rules, uses, isNarrowed }] of Object.entries(RECURSIONS)) {
  const asking = uses.map((use) => `asked(x) :- ${use}.`).join("\n");
  const program = `${EDGES}.decl r(a:number, b:number)\n${rules}\n.decl asked(x:number)\n${asking}\n`;
  // An output is asked for whole.
  const whole = `${program}.decl all(a:number, b:number)\nall(a, b) :- r(a, b).\n.decl kept(a:number, x:number)\nkept(a, x) :- all(a, _), asked(x).\n`;

  test(`what is asked of a recursion ${name} is as if all of it were there`, async () => {
    assert.equal(hasDemand(program), isNarrowed);
    await fc.assert(
      fc.asyncProperty(graph, fc.subarray([0, 1, 2, 3, 4]), async (edges, stops) => {
        const distinct = [...new Map(edges.map((edge) => [String(edge), edge])).values()];
        const facts = { e: distinct.map(([a, b]): Row => [BigInt(a), BigInt(b)]), stop: stops.map((a): Row => [BigInt(a)]) };
        const own = await rowsOf(program, facts, "asked");
        const kept = await rowsOf(whole, facts, "kept");
        const all = await rowsOf(whole, facts, "all");
        if (all.length > 0) assert.deepEqual(own, [...new Set(kept.map((row) => row.split(",")[1] ?? ""))].toSorted());
      }),
      { numRuns: 8 },
    );
  });
}

function hasDemand(text: string): boolean {
  return [...withDemand(programOf(text), ["asked"]).relations.keys()].includes("r~asked");
}

test("a use that names where it starts costs what lies behind it, not all pairs", async () => {
  const chain = Array.from({ length: 3_000 }, (_, at): Row => [BigInt(at), BigInt(at + 1)]);
  const text = `${EDGES}.decl r(a:number, b:number)\nr(a, b) :- e(a, b).\nr(a, c) :- e(a, b), r(b, c).
/// @law t.end error "{x}"\n.decl end(x:number)\nend(x) :- r(2990, x).`;
  const check = await checkLaws(await inputOver(session, programOf(text), { e: chain }, { rows_derived: 1_000 }));
  await check.close();
  assert.deepEqual([check.undecided, check.laws.map(({ violations }) => violations)], [null, [10]]);
});
