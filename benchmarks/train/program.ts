import type { IrProgram } from "../../logic/language/ir.ts";
import { compileTheories, findTheory } from "../../logic/theory.ts";
import { lawRelation, type MatchCounts, rules } from "./rules.ts";

/** The folder of the theory with the six rules. */
export const trainTheory = new URL("./theory/", import.meta.url).pathname;

/** The six rules, compiled. */
export async function trainProgram(): Promise<IrProgram> {
  const { program, diagnostics } = compileTheories([await findTheory(trainTheory)]);
  if (program === null) throw new Error(`the theory does not compile: ${diagnostics[0]?.message}`);
  return program;
}

/** Match counts by rule, of violation counts by law. Throws where a law is missing. */
export function countsByLaw(counts: ReadonlyMap<string, number>): MatchCounts {
  const found = rules.map((rule) => {
    const count = counts.get(`train.${lawRelation[rule]}`);
    if (count === undefined) throw new Error(`no law for ${rule}`);
    return [rule, count];
  });
  return Object.fromEntries(found) as MatchCounts;
}
