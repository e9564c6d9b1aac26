import type { GroundTerm } from "./read_term.ts";

/** One run of clingo over a whole program text. */
export interface ClingoJob {
  /** Facts and rules, each statement on a line of its own so that messages can be led back. */
  readonly program: string;
  /** `decide`: is there an answer set (optimisation is left out); `all`: every one; `best`: the optimum, proven. */
  readonly mode: "decide" | "all" | "best";
  /** The most answer sets that `all` gives; 0 for no bound. */
  readonly models?: number;
  readonly time_ms: number;
  readonly memory_mb: number;
  /** Ends the run, wherever it is, with `stopped` by `cancelled`. */
  readonly signal?: AbortSignal;
}

export interface ClingoModel {
  /** The atoms that `#show` lets through, in clingo's order. */
  readonly atoms: readonly GroundTerm[];
  /** What it costs, the highest priority first; empty where nothing is optimised. */
  readonly costs: readonly number[];
}

/** A remark of clingo's about the program. Every one of them makes the run worthless: nothing is ignored. */
export interface ClingoMessage {
  readonly severity: "info" | "warning" | "error";
  readonly text: string;
  /** The line of the program, from 1; null where none is named. */
  readonly line: number | null;
}

/**
 * What a run says. `satisfiable`: with answer sets, for `best` the one optimum. `rejected`: clingo remarked on the program (an atom
 * without a rule, an instance dropped, a syntax error …). `stopped`: a bound or the caller ended it. `failed`: clingo itself broke.
 */
export type ClingoAnswer =
  | { readonly kind: "satisfiable"; readonly models: readonly ClingoModel[] }
  | { readonly kind: "unsatisfiable" }
  | { readonly kind: "rejected"; readonly messages: readonly ClingoMessage[] }
  | { readonly kind: "stopped"; readonly by: "time" | "memory" | "cancelled" }
  | { readonly kind: "failed"; readonly detail: string };

/** clingo, however it is run. The maker closes it; runs under way are then cancelled. */
export interface Clingo {
  /** `wasm`, or the path of the program that is run. */
  readonly name: string;
  /** How many runs make progress at once. */
  readonly parallel: number;
  solve(job: ClingoJob): Promise<ClingoAnswer>;
  close(): Promise<void>;
}

/**
 * The command line but for the program: text output, and the mode's part. An optimum is sought from below, by unsatisfiable cores: from above, many
 * choices that have nothing to do with each other are tried in all combinations.
 */
export function modeOptions(job: Pick<ClingoJob, "mode" | "models">): string[] {
  const text = ["--outf=0", "-V1"];
  if (job.mode === "decide") return [...text, "--opt-mode=ignore", "1"];
  return job.mode === "best"
    ? [...text, "--opt-mode=opt", "--opt-strategy=usc,pmres,disjoint,stratify", "0"]
    : [...text, "--opt-mode=ignore", String(job.models ?? 0)];
}
