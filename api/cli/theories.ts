import type { IrProgram } from "../../logic/language/ir.ts";
import { underProfile } from "../../logic/profile.ts";
import { compileTheories, findTheory, type Theory, withNeeds } from "../../logic/theory.ts";
import type { ErrorReport } from "../../schema/assay_error.ts";
import type { Diagnostic } from "../../schema/diagnostic.ts";
import { registry } from "../../schema/errors.ts";
import type { Limits } from "../../schema/limits.ts";
import { spanText } from "../../schema/place.ts";
import { rejected } from "../../verify/load.ts";

/** Theories read and compiled: what a verdict is judged by. */
export interface Judgement {
  readonly theories: readonly Theory[];
  readonly program: IrProgram;
  readonly hashes: Readonly<Record<string, string>>;
  /** The theories' own bounds, the smallest of each name. */
  readonly limits: Partial<Limits>;
  /** Warnings and notices about the programs. */
  readonly events: readonly ErrorReport[];
}

/** Finds theories by name or folder, under the profile where one is named, which may stand in one of `folders`. Errors: those of `findTheory` and `underProfile`. */
export async function foundTheories(names: readonly string[], profile?: string, folders: readonly string[] = []): Promise<Theory[]> {
  const found: Theory[] = [];
  for (const name of names) found.push(await findTheory(name));
  return profile === undefined ? found : underProfile(found, profile, folders);
}

/**
 * Finds the theories by name or folder, under the profile where one is named, and those that they need, and compiles them together.
 * Errors (`AssayError`): those of `foundTheories`; `theory.rejected` for programs with errors, all of them beside it.
 */
export async function judgementOf(names: readonly string[], profile?: string, folders: readonly string[] = []): Promise<Judgement> {
  const theories = await withNeeds(await foundTheories(names, profile, folders));
  const compiled = compileTheories(theories);
  if (compiled.program === null) throw rejected(compiled.diagnostics, "theory.rejected", "the set of theories");
  const events = compiled.diagnostics.map(diagnosticReport);
  return { theories, program: compiled.program, hashes: compiled.theories, limits: smallest(theories), events };
}

function smallest(theories: readonly Theory[]): Partial<Limits> {
  const limits: { -readonly [name in keyof Limits]?: number } = {};
  for (const theory of theories) {
    for (const [name, value] of Object.entries(theory.limits) as [keyof Limits, number][]) {
      limits[name] = Math.min(value, limits[name] ?? value);
    }
  }
  return limits;
}

/** A remark on a program in the form of every error: the program's own words on a line below the message. */
export function diagnosticReport(diagnostic: Diagnostic): ErrorReport {
  const { code, message, span, text, help } = diagnostic;
  const detail = text === "" || message.includes(text) ? message : `${message}: \`${text}\``;
  return { code, title: registry[code].title, detail, place: spanText(span), help };
}
