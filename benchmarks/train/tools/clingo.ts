import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { relationNames } from "../facts.ts";
import { lawRelation, type MatchCounts, rules } from "../rules.ts";
import { OverBudget, type TrainFacts, type TrainTool } from "../tool.ts";

const OUTPUT_BYTES = 1 << 30;
/** clingo answers a satisfiable program with this status, and with 10 more where the search space is exhausted. */
const SATISFIABLE = new Set([10, 30]);

const PROGRAM = `pos_length(S) :- segment(S, L), L <= 0.
monitored(E) :- monitored_by(E, _).
switch_monitored(W) :- switch(W, _), not monitored(W).
route_sensor(R, S, P, W) :- follows(R, P), switch_position(P, W, _), monitored_by(W, S), not requires(R, S).
switch_set(M, R, P, W) :- semaphore(M, 2), route(R, 1, M, _), follows(R, P), switch_position(P, W, Q), switch(W, C), C != Q.
pair(S, A, B) :- connects_to(A, B), segment(A, _), segment(B, _), monitored_by(A, S), monitored_by(B, S).
connected_segments(S, A, B, C, D, E, F) :- pair(S, A, B), pair(S, B, C), pair(S, C, D), pair(S, D, E), pair(S, E, F).
semaphore_neighbor(M, R1, R2, S1, S2, T1, T2) :- route(R1, _, _, M), requires(R1, S1), monitored_by(T1, S1), connects_to(T1, T2),
  monitored_by(T2, S2), requires(R2, S2), R1 != R2, route(R2, _, N, _), N != M.
#show connected_segments/7. #show pos_length/1. #show route_sensor/4. #show semaphore_neighbor/7. #show switch_monitored/1. #show switch_set/4.
`;

/** clingo's native binary over the facts as text, a process a check: reading counts, writing the files does not. */
export function clingo(command: string, budget_ms: number): TrainTool {
  let facts: TrainFacts | null = null;
  return {
    name: "clingo",
    readsFiles: true,
    load: async (given) => {
      facts = given;
      writeFileSync(join(facts.files.folder, "train.lp"), PROGRAM);
    },
    change: async () => undefined,
    check: async () => {
      const inputs =
        facts === null ? [] : [join(facts.files.folder, "train.lp"), ...relationNames.map((name) => facts?.files.lp(name) ?? "")];
      const ran = spawnSync(command, ["-V0", "--warn=none", ...inputs], { encoding: "utf8", timeout: budget_ms, maxBuffer: OUTPUT_BYTES });
      if (ran.signal !== null) throw new OverBudget();
      if (!SATISFIABLE.has(ran.status ?? -1)) throw new Error(`clingo failed: ${ran.stderr}`);
      return countAtoms(ran.stdout);
    },
    close: async () => undefined,
  };
}

function countAtoms(output: string): MatchCounts {
  const counts = new Map<string, number>();
  for (const [, name = ""] of output.matchAll(/(\w+)\(/g)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries(rules.map((rule) => [rule, counts.get(lawRelation[rule]) ?? 0])) as MatchCounts;
}

/** The clingo on this machine: `$CLINGO`, or `clingo` on the path; null where there is none. */
export function findClingo(): string | null {
  const command = process.env["CLINGO"] ?? "clingo";
  return spawnSync(command, ["--version"]).status === 0 ? command : null;
}
