import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { IrProgram } from "../../logic/language/ir.ts";
import { compileTheories, findTheory } from "../../logic/theory.ts";
import type { Row } from "../../schema/value.ts";
import type { Verdict } from "../../schema/verdict.ts";
import { assayJson } from "../e2e/assay.ts";

let compiled: IrProgram | null = null;

async function program(): Promise<IrProgram> {
  compiled ??= compileTheories([await findTheory("machine")]).program;
  if (compiled === null) throw new Error("the theory does not compile");
  return compiled;
}

/** Judges facts of a machine as a user would: files in a folder, `assay verify`. */
export async function verifyMachine(folder: string, facts: ReadonlyMap<string, readonly Row[]>): Promise<Verdict> {
  const { relations } = await program();
  mkdirSync(folder, { recursive: true });
  const quoted = (value: Row[number]): string => (typeof value === "string" ? `"${value.replaceAll('"', '""')}"` : String(value));
  for (const [name, rows] of facts) {
    const header = relations.get(name)?.attributes.map((attribute) => attribute.name) ?? [];
    const lines = [header.join(","), ...rows.map((row) => row.map(quoted).join(","))];
    writeFileSync(join(folder, `${name}.csv`), `${lines.join("\n")}\n`);
  }
  const { envelope } = await assayJson<Verdict>(["verify", "--theory", "machine", folder]);
  if (envelope.data === null) throw new Error(JSON.stringify(envelope.error));
  return envelope.data;
}

/** How often a verdict says that each law is broken, by its name within the theory. */
export function brokenLaws({ laws }: Verdict): Record<string, number> {
  const broken = laws.filter(({ violations }) => violations > 0);
  return Object.fromEntries(broken.map(({ law, violations }) => [law.replace("machine.", ""), violations]));
}

/** The witnesses that a verdict shows of one law, their values joined by a space. */
export function witnessesOf({ violations }: Verdict, law: string): string[] {
  return violations.filter((one) => one.law === law).map(({ witness }) => Object.values(witness).join(" "));
}
