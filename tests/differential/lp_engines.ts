import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { materialise } from "../../logic/engines/duckdb/materialise.ts";
import type { Term } from "../../logic/language/ast.ts";
import { compile } from "../../logic/language/compile.ts";
import { parseLp } from "../../logic/language/lp/parse.ts";
import { systemClock } from "../../schema/clock.ts";
import type { Diagnostic } from "../../schema/diagnostic.ts";
import { limitsWith } from "../../schema/limits.ts";
import type { DuckDbSession } from "../../verify/store/duckdb_session.ts";

/** The atoms that hold, each as its relation's name and its values, `p|1|a`, in order. */
export type Model = readonly string[];

/** What our engine makes of a program: its diagnostics where it does not compile, else its model, or the bound that stopped it. */
export type Outcome =
  | { readonly kind: "rejected"; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: "undecided"; readonly code: string }
  | { readonly kind: "model"; readonly model: Model };

/** Runs a `.lp` program without base relations; atoms of constraints' relations are left out. */
export async function runAssay(session: DuckDbSession, text: string): Promise<Outcome> {
  const parsed = parseLp("program.lp", text);
  const compiled = compile([{ theory: "test", programs: [parsed.program] }]);
  const diagnostics = [...parsed.diagnostics, ...compiled.diagnostics];
  const { program } = compiled;
  if (program === null || parsed.diagnostics.some((one) => one.severity === "error")) return { kind: "rejected", diagnostics };
  const input = { program, limits: limitsWith(), session, clock: systemClock, table: () => "none", isDistinct: () => true };
  const names = [...program.relations.keys()];
  const result = await materialise(input, names);
  try {
    if (result.undecided !== null) return { kind: "undecided", code: result.undecided.code };
    const model: string[] = [];
    for (const name of names.filter((one) => !one.includes("."))) {
      const rows = await session.rows(`SELECT * FROM ${result.table(name)}`);
      const nullary = program.relations.get(name)?.attributes.length === 0;
      for (const row of rows) model.push([name, ...(nullary ? [] : row.map(String))].join("|"));
    }
    return { kind: "model", model: model.toSorted() };
  } finally {
    await result.close();
  }
}

/** Fails unless our engine and native clingo give a program the same one answer set. */
export async function agree(session: DuckDbSession, text: string): Promise<void> {
  const ours = await runAssay(session, text);
  const theirs = runClingo(text);
  assert.notEqual(theirs.model, null, `${text}\n${theirs.printed}`);
  const faults = ours.kind === "rejected" ? ours.diagnostics.map((one) => `${one.code} ${one.message}`) : [];
  assert.equal(ours.kind, "model", [text, ...faults].join("\n"));
  if (ours.kind === "model") assert.deepEqual(ours.model, theirs.model, text);
}

/** Whether native clingo is on the machine. */
export function hasClingo(): boolean {
  return spawnSync("clingo", ["--version"]).status === 0;
}

/** The one answer set of a program according to native clingo, or what it printed where it has none or several. */
export function runClingo(text: string): { readonly model: Model | null; readonly printed: string } {
  const options = ["--outf=0", "--out-atomf=%s.", "-V1", "--warn=none", "--models=2", "-"];
  const run = spawnSync("clingo", options, { input: text, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  const answers = [...run.stdout.matchAll(/^Answer: \d+\n(.*)$/gm)].map((match) => match[1] ?? "");
  const [only] = answers;
  if (only === undefined || answers.length > 1) return { model: null, printed: run.stdout + run.stderr };
  return { model: modelOf(only), printed: "" };
}

function modelOf(atoms: string): Model {
  const { program } = parseLp("answer.lp", atoms);
  const facts = program.items.flatMap((item) => (item.kind === "rule" ? item.heads : []));
  return facts.map((head) => [head.relation, ...head.args.flatMap(valuesOf)].join("|")).toSorted();
}

function valuesOf(term: Term): string[] {
  if (term.kind === "integer") return [String(term.value)];
  if (term.kind === "string") return [term.value];
  if (term.kind === "constant") return [term.name];
  if (term.kind === "function") return term.args.flatMap(valuesOf);
  throw new Error(`clingo printed a ${term.kind} term`);
}
