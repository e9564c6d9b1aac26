import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { AssayError } from "../schema/assay_error.ts";
import type { ProposedRow, ProposedValue } from "../schema/delta.ts";
import { spanText } from "../schema/place.ts";
import { decodeProgram } from "./language/decode.ts";
import { readToml } from "./theory_toml.ts";

/** One story of a theory: given these facts, when this delta comes, then it is accepted, or refused by exactly these laws. */
export interface Scenario {
  readonly name: string;
  readonly file: string;
  readonly given: ReadonlyMap<string, readonly ProposedRow[]>;
  readonly when: {
    readonly assert: ReadonlyMap<string, readonly ProposedRow[]>;
    readonly retract: ReadonlyMap<string, readonly ProposedRow[]>;
  };
  readonly then: "accepted" | "refused";
  /** Laws that the delta breaks, each as often as it has violations; a warning may also stand beside `accepted`. */
  readonly laws: readonly ExpectedViolation[];
}

export interface ExpectedViolation {
  readonly law: string;
  readonly witness?: Readonly<Record<string, ProposedValue>>;
}

const value = z.union([z.string(), z.bigint(), z.number(), z.boolean()]);
const row = z.union([z.array(value), z.record(z.string(), value)]);
const facts = z.record(z.string(), z.array(row)).default({});
const shape = z.strictObject({
  name: z.string().min(1),
  given: facts,
  when: z.strictObject({ assert: facts, retract: facts }).default({ assert: {}, retract: {} }),
  // biome-ignore lint/suspicious/noThenProperty: the entry's name is fixed by the format of scenarios
  then: z.enum(["accepted", "refused"]),
  laws: z.array(z.strictObject({ law: z.string(), witness: z.record(z.string(), value).optional() })).default([]),
});

/**
 * Reads `scenarios/*.toml` of a theory folder in order of their names; a folder without scenarios gives none. Rows are as written: the
 * gate checks them. Errors: `scenario.malformed` with the file and the entry.
 */
export async function readScenarios(directory: string): Promise<Scenario[]> {
  const folder = join(directory, "scenarios");
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (cause) {
    if (isMissing(cause)) return [];
    throw new AssayError("scenario.malformed", `\`${folder}\` cannot be read`, { place: folder, cause });
  }
  const files = names.filter((name) => name.endsWith(".toml")).toSorted();
  return Promise.all(files.map(async (name) => readScenario(await readText(join(folder, name)), join(folder, name))));
}

async function readText(path: string): Promise<string> {
  const decoded = decodeProgram(path, await readFile(path));
  if (!("code" in decoded)) return decoded.text;
  throw new AssayError("scenario.malformed", decoded.message, { place: spanText(decoded.span), help: decoded.help });
}

/** Reads the text of one scenario; `file` is for messages. Errors: `scenario.malformed`. */
export function readScenario(text: string, file: string): Scenario {
  const read = shape.safeParse(readToml(text, file, "scenario.malformed"));
  if (!read.success) {
    const [issue] = read.error.issues;
    const entry = issue === undefined || issue.path.length === 0 ? "the file" : `\`${issue.path.join(".")}\``;
    throw new AssayError("scenario.malformed", `${entry} does not fit: ${(issue?.message ?? "").toLowerCase()}`, { place: file });
  }
  const { name, given, when, then, laws } = read.data;
  if (then === "refused" && laws.length === 0) {
    throw new AssayError("scenario.malformed", "`laws` is empty, but `then` is `refused`", {
      place: file,
      help: "name the laws that refuse it",
    });
  }
  const expected = laws.map(({ law, witness }) => (witness === undefined ? { law } : { law, witness }));
  return {
    name,
    file,
    given: asMap(given),
    when: { assert: asMap(when.assert), retract: asMap(when.retract) },
    then,
    laws: expected,
  };
}

function asMap(rows: Readonly<Record<string, readonly ProposedRow[]>>): Map<string, readonly ProposedRow[]> {
  return new Map(Object.entries(rows));
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && cause.code === "ENOENT";
}
