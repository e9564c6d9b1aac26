import { join } from "node:path";
import { parse, TomlError } from "smol-toml";
import { z } from "zod";
import { AssayError } from "../../schema/assay_error.ts";
import type { Lockfile } from "./lockfile.ts";
import { readIfThere } from "./manifest_facts.ts";
import type { Reading } from "./reading.ts";
import { isSymbolText } from "./symbol_text.ts";

/** What a project decides for itself, in a file beside its lockfile. */
export const POLICY_FILE = "assay.npm.toml";

const symbol = z.string().min(1).refine(isSymbolText, "not a symbol: it holds NUL or half a character");
const policySchema = z.strictObject({
  licences: z.strictObject({ allow: z.array(symbol).optional(), read: z.record(symbol, symbol).optional() }).optional(),
  singletons: z.strictObject({ names: z.array(symbol) }).optional(),
});

/** Adds the project's policy, where it has one. Errors: `npm.policy` with the line, `npm.unreadable`. */
export async function addPolicyFacts(lockfile: Lockfile, reading: Reading): Promise<void> {
  const bytes = await readIfThere(join(lockfile.directory, POLICY_FILE), POLICY_FILE);
  if (bytes === null) return;
  const text = decode(bytes);
  const policy = policySchema.safeParse(parseToml(text));
  if (!policy.success) {
    const [issue] = policy.error.issues;
    const detail = `\`${issue?.path.join(".") || "the file"}\`: ${issue?.message.toLowerCase() ?? "does not fit"}`;
    throw new AssayError("npm.policy", detail, { place: POLICY_FILE });
  }
  const lines = text.split("\n");
  const place = (value: string) => `${POLICY_FILE}:${lines.findIndex((line) => line.includes(JSON.stringify(value))) + 1 || 1}`;
  for (const id of policy.data.licences?.allow ?? []) reading.sheet.add("allowed_licence", [id], place(id));
  for (const [name, id] of Object.entries(policy.data.licences?.read ?? {})) reading.sheet.add("licence_read", [name, id], place(name));
  for (const name of policy.data.singletons?.names ?? []) reading.sheet.add("singleton", [name], place(name));
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AssayError("npm.policy", "the file is not UTF-8", { place: POLICY_FILE, cause });
  }
}

function parseToml(text: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const [firstLine = ""] = cause.message.split("\n");
    throw new AssayError("npm.policy", firstLine.toLowerCase(), { place: `${POLICY_FILE}:${cause.line}:${cause.column}`, cause });
  }
}
