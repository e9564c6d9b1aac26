import type { IrProgram } from "../logic/language/ir.ts";
import { compileTheories, type Theory, withNeeds } from "../logic/theory.ts";
import { type LimitName, type Limits, limitsWith } from "../schema/limits.ts";

/** The theories that govern a fact base from one commit on, and the program they compile to. */
export interface InForce {
  readonly theories: readonly Theory[];
  /** Hash by theory name. */
  readonly hashes: { readonly [name: string]: string };
  readonly program: IrProgram;
}

/** What the gate must know of a fact base beside its tables. */
export interface BaseState {
  /** The number of the last commit; 0 where there is none. */
  readonly head: number;
  /** The hash of the last entry of the log, or `GENESIS`. */
  readonly headHash: string;
  readonly inForce: InForce;
  /** Law by fingerprint of every waiver in force. */
  readonly waived: ReadonlyMap<string, string>;
}

/** The predecessor of the first entry. */
export const GENESIS = `sha256:${"0".repeat(64)}`;

/**
 * A set of theories as one that governs: with what they need, in an order that depends on their names alone, and with their files
 * named `<theory>/<path>`, so that a verdict does not depend on where or when a theory was read. The set must compile.
 */
export async function inForceOf(theories: readonly Theory[]): Promise<InForce> {
  const set = (await inOrder(theories)).map((theory) => ({ ...theory, directory: null }));
  const { program, theories: hashes, diagnostics } = compileTheories(set);
  if (program === null) throw new Error(`the theories in force do not compile: ${diagnostics[0]?.message}`);
  return { theories: set, hashes, program };
}

/** The theories and their needs, needs first, else by name. */
export async function inOrder(theories: readonly Theory[]): Promise<Theory[]> {
  const complete = await withNeeds(theories);
  return withNeeds(complete.toSorted((a, b) => (a.name < b.name ? -1 : 1)));
}

/** The bounds that hold: those asked for, else the smallest that a theory in force sets, else the defaults. */
export function limitsInForce(asked: Partial<Limits>, theories: readonly Theory[]): Limits {
  const bounds: { [name in LimitName]?: number } = {};
  for (const theory of theories) {
    for (const [name, value] of Object.entries(theory.limits) as [LimitName, number][]) {
      bounds[name] = Math.min(value, bounds[name] ?? value);
    }
  }
  return limitsWith({ ...bounds, ...asked });
}
