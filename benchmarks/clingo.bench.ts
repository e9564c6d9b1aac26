/**
 * Question: what does clingo as WebAssembly in a worker cost beside the machine's own clingo in a process a run?
 * Hypothesis: starting a process costs 5 to 10 ms, a warm worker a fraction of one, so WebAssembly wins on small slices and loses at most
 * twofold on large ones, which grounding decides.
 * Peer in the same run: native clingo 5.4 (Debian's `gringo`); left out where there is none.
 */
import type { Clingo } from "../logic/engines/clingo/clingo.ts";
import { isClingo, NativeClingo } from "../logic/engines/clingo/native_clingo.ts";
import { WasmClingo } from "../logic/engines/clingo/wasm_clingo.ts";
import { measure, printMeasured } from "./measure.ts";

const ROUNDS = 7;
const BOUNDS = { time_ms: 120_000, memory_mb: 2_000 };

const chains = (count: number): string =>
  Array.from({ length: count }, (_unused, index) => `edge(${index},${index + (index % 10 === 9 ? 0 : 1)}).`).join("\n");
const CLOSURE = "\npath(X,Y) :- edge(X,Y).\npath(X,Z) :- path(X,Y), edge(Y,Z).\n#show.\n";
const CONSTRAINT = "\n:- edge(X,Y), X > Y.\n#show.\n";
const colouring = (nodes: number): string => `col(1..3).
1 { colour(N,C) : col(C) } 1 :- N = 1..${nodes}.
edge(N,N+1) :- N = 1..${nodes - 1}. edge(N,N*7\\${nodes}+1) :- N = 1..${nodes}, N*7\\${nodes}+1 != N.
:- edge(A,B), colour(A,C), colour(B,C).
#show.
`;

const cases: readonly (readonly [string, string])[] = [
  ["one fact, one choice", "p(1). { q(X) : p(X) }. :- not q(1).\n#show.\n"],
  ["1,000 facts, one constraint", chains(1_000) + CONSTRAINT],
  ["10,000 facts, one constraint", chains(10_000) + CONSTRAINT],
  ["100,000 facts, one constraint", chains(100_000) + CONSTRAINT],
  ["closure of 10,000 edges", chains(10_000) + CLOSURE],
  ["closure of 100,000 edges", chains(100_000) + CLOSURE],
  ["three colours for 400 nodes", colouring(400)],
];

const contenders: Record<string, Clingo> = { wasm: new WasmClingo({ parallel: 2 }) };
if (isClingo("clingo")) contenders["native"] = new NativeClingo("clingo", { parallel: 2 });
else process.stdout.write("clingo: not on this machine, left out\n");

async function decide(clingo: Clingo, program: string, expected: string | null): Promise<string> {
  const answer = await clingo.solve({ program, mode: "decide", ...BOUNDS });
  if (answer.kind === "failed" || answer.kind === "rejected") throw new Error(JSON.stringify(answer));
  if (expected !== null && answer.kind !== expected) throw new Error(`${clingo.name} says ${answer.kind}, not ${expected}`);
  return answer.kind;
}

for (const [name, program] of cases) {
  const [first] = Object.values(contenders);
  const expected = first === undefined ? null : await decide(first, program, null);
  const runs = Object.entries(contenders).map(([kind, clingo]) => [kind, () => decide(clingo, program, expected)] as const);
  printMeasured(`${name} (${expected})`, await measure(Object.fromEntries(runs), ROUNDS), "native" in contenders ? "native" : "wasm");
}
for (const clingo of Object.values(contenders)) await clingo.close();
