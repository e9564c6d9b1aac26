import { z } from "zod";
import { AssayError } from "../schema/assay_error.ts";
import type { Severity } from "../schema/verdict.ts";
import { didYouMean } from "./language/did_you_mean.ts";
import type { IrProgram } from "./language/ir.ts";
import { readToml } from "./theory_toml.ts";

/** The file of a theory that holds the profile it is judged under. It is part of the theory: of its hash, and of what a fact base keeps. */
export const PROFILE = "profile.toml";

/** How much each law weighs. Laws that it does not name keep the severity that they are written with. */
export interface Profile {
  readonly name: string;
  readonly description: string;
  /** A law that is off is not asked. */
  readonly laws: ReadonlyMap<string, Severity | "off">;
}

const laws = z.array(z.string().min(1)).default([]);
const shape = z.strictObject({
  profile: z.strictObject({ name: z.string().regex(/^[a-z][a-z0-9_-]*$/), description: z.string().default("") }),
  laws: z.strictObject({ error: laws, warn: laws, off: laws }),
});

/** Reads a profile: lists of laws by severity. Errors: `theory.profile`, naming the entry or the law; `file` is for the place alone. */
export function readProfile(text: string, file: string): Profile {
  const read = shape.safeParse(readToml(text, file, "theory.profile"));
  if (!read.success) {
    const [issue] = read.error.issues;
    const entry = issue === undefined || issue.path.length === 0 ? "the file" : `\`${issue.path.join(".")}\``;
    throw new AssayError("theory.profile", `${entry} does not fit: ${(issue?.message ?? "").toLowerCase()}`, { place: file });
  }
  const found = new Map<string, Severity | "off">();
  for (const level of ["error", "warn", "off"] as const) {
    for (const law of read.data.laws[level]) {
      if (found.has(law)) throw new AssayError("theory.profile", `the law \`${law}\` is named twice`, { place: file });
      found.set(law, level);
    }
  }
  return { ...read.data.profile, laws: found };
}

/**
 * The program with the laws of `theory` weighed by the profile. Errors: `theory.profile` for a law that the theory has not got, and for
 * an answer set's law that is to be off, since without its demand there would be other answer sets.
 */
export function weighed(program: IrProgram, theory: string, profile: Profile): IrProgram {
  const own = new Set(program.laws.filter((law) => law.theory === theory).map(({ id }) => id));
  const demanded = new Set((program.answerSets ?? []).flatMap(({ demands }) => demands.map(({ law }) => law)));
  for (const [law, level] of profile.laws) {
    const place = `profile \`${profile.name}\` of ${theory}`;
    const help = didYouMean(law, own, null);
    if (!own.has(law)) throw new AssayError("theory.profile", `there is no law \`${law}\``, { place, help });
    if (level === "off" && demanded.has(law)) throw new AssayError("theory.profile", `\`${law}\` cannot be off`, { place });
  }
  const weigh = (law: IrProgram["laws"][number]): IrProgram["laws"] => {
    const level = law.theory === theory ? (profile.laws.get(law.id) ?? law.severity) : law.severity;
    return level === "off" ? [] : [{ ...law, severity: level }];
  };
  return { ...program, laws: program.laws.flatMap(weigh) };
}
