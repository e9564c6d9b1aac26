import type { ClingoAnswer, ClingoJob, ClingoMessage, ClingoModel } from "./clingo.ts";
import { readTerms } from "./read_term.ts";

/**
 * What a run printed: clingo's answers as text on stdout, remarks on stderr, and the exit status. Text and not JSON: the JSON of clingo 5.4
 * loses the backslash before a quote, so that two symbols print alike.
 */
export interface ClingoOutput {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
}

const OUT_OF_MEMORY = 33;
const RESULTS: readonly string[] = ["SATISFIABLE", "OPTIMUM FOUND", "UNSATISFIABLE", "UNKNOWN"];
const MESSAGE = /^(?:[^\n]*?):(\d+):\d+(?:-\d+(?::\d+)?)?: (info|warning|error): (.*(?:\n[ \t].*)*)/gm;
const FAILURE = /^\*\*\* ERROR: \(clingo\): (.*)$/m;

/** Gives a run's output its meaning. Only a result without a single remark counts as an answer. */
export function readOutput(output: ClingoOutput, mode: ClingoJob["mode"]): ClingoAnswer {
  if (output.status === OUT_OF_MEMORY || output.stderr.includes("std::bad_alloc")) return { kind: "stopped", by: "memory" };
  const messages = messagesIn(output.stderr);
  if (messages.length > 0) return { kind: "rejected", messages };
  const failure = FAILURE.exec(output.stderr)?.[1];
  if (failure !== undefined || output.stderr.trim() !== "")
    return { kind: "failed", detail: failure ?? output.stderr.trim().slice(0, 500) };
  const lines = output.stdout.split("\n");
  const result = lines.findLast((line) => RESULTS.includes(line));
  if (result === "UNSATISFIABLE") return { kind: "unsatisfiable" };
  if (result !== "SATISFIABLE" && result !== "OPTIMUM FOUND") {
    return { kind: "failed", detail: `it ended with status ${output.status} and the result \`${result ?? "none"}\`` };
  }
  const models = modelsIn(lines);
  return { kind: "satisfiable", models: mode === "best" ? models.slice(-1) : models };
}

/** A line `Answer: 1`, then one line of atoms, then perhaps one with the costs. */
function modelsIn(lines: readonly string[]): ClingoModel[] {
  const models: ClingoModel[] = [];
  for (let at = 0; at < lines.length; at++) {
    if (!lines[at]?.startsWith("Answer: ")) continue;
    const costs = /^Optimization:((?: -?\d+)+)/.exec(lines[at + 2] ?? "")?.[1];
    models.push({ atoms: readTerms(lines[at + 1] ?? ""), costs: costs === undefined ? [] : costs.trim().split(" ").map(Number) });
    at += 1;
  }
  return models;
}

function messagesIn(stderr: string): ClingoMessage[] {
  return [...stderr.matchAll(MESSAGE)].map(([, line, severity, text]) => ({
    severity: severity as ClingoMessage["severity"],
    text: (text ?? "").replace(/\s+/g, " ").trim(),
    line: Number(line),
  }));
}
