import type { IrProgram } from "../../logic/language/ir.ts";
import { compileTheories, findTheory } from "../../logic/theory.ts";

/** The folder of the theory with twenty laws. */
export const shopTheory = new URL("./theory/", import.meta.url).pathname;

/** The twenty laws, compiled. */
export async function shopProgram(): Promise<IrProgram> {
  const { program, diagnostics } = compileTheories([await findTheory(shopTheory)]);
  if (program === null) throw new Error(`the theory does not compile: ${diagnostics[0]?.message}`);
  return program;
}
