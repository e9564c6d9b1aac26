import { AnswerSetCache } from "../../logic/engines/clingo/answer_set_cache.ts";
import type { Clingo } from "../../logic/engines/clingo/clingo.ts";
import { type AnswerSetJudgement, judgeAnswerSets, type TouchedFacts } from "../../logic/engines/clingo/judge_answer_sets.ts";
import { compile } from "../../logic/language/compile.ts";
import type { IrProgram } from "../../logic/language/ir.ts";
import { parseLp } from "../../logic/language/lp/parse.ts";
import type { Diagnostic } from "../../schema/diagnostic.ts";
import type { Limits } from "../../schema/limits.ts";
import type { DuckDbSession } from "../../verify/store/duckdb_session.ts";
import { type Facts, inputOver } from "./duckdb_facts.ts";

/** A theory `t` of one `.lp` program. */
export function compileLp(text: string): { readonly program: IrProgram | null; readonly diagnostics: readonly Diagnostic[] } {
  const parsed = parseLp("t.lp", text);
  const compiled = compile([{ theory: "t", programs: [parsed.program] }]);
  return { program: compiled.program, diagnostics: [...parsed.diagnostics, ...compiled.diagnostics] };
}

/** The program of a text without faults. */
export function lpProgram(text: string): IrProgram {
  const { program, diagnostics } = compileLp(text);
  if (program === null) throw new Error(JSON.stringify(diagnostics));
  return program;
}

export interface JudgeOptions {
  readonly session: DuckDbSession;
  readonly clingo: Clingo;
  readonly cache?: AnswerSetCache;
  readonly touched?: TouchedFacts;
  readonly limits?: Partial<Limits>;
}

/** Judges the answer set programs of a `.lp` text over facts. */
export async function judgeLp(text: string, facts: Facts, options: JudgeOptions): Promise<AnswerSetJudgement> {
  const { session, clingo, cache = new AnswerSetCache(), touched = null, limits = {} } = options;
  const input = await inputOver(session, lpProgram(text), facts, limits);
  return judgeAnswerSets({ ...input, clingo, cache, touched });
}
