import { parse, TomlError } from "smol-toml";
import { z } from "zod";
import { AssayError } from "../schema/assay_error.ts";
import { type LimitName, type Limits, limits } from "../schema/limits.ts";
import { didYouMean } from "./language/did_you_mean.ts";

/** What `theory.toml` says. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly needs: readonly string[];
  readonly limits: Partial<Limits>;
}

const NAME = /^[a-z][a-z0-9_-]*$/;

const shape = z.strictObject({
  theory: z.strictObject({
    name: z.string().regex(NAME),
    version: z.string().min(1),
    description: z.string().default(""),
    needs: z.array(z.string().regex(NAME)).default([]),
  }),
  limits: z.record(z.string(), z.number().int().positive()).default({}),
});

/** Reads a `theory.toml`. Errors: `theory.manifest`, naming the entry; `file` is for the place alone. */
export function readManifest(text: string, file: string): Manifest {
  const read = shape.safeParse(readToml(text, file, "theory.manifest"));
  if (!read.success) {
    const [issue] = read.error.issues;
    const entry = issue === undefined || issue.path.length === 0 ? "the file" : `\`${issue.path.join(".")}\``;
    throw new AssayError("theory.manifest", `${entry} does not fit: ${(issue?.message ?? "").toLowerCase()}`, { place: file });
  }
  const { theory, limits: given } = read.data;
  const bounds: { [name in LimitName]?: number } = {};
  for (const [name, value] of Object.entries(given)) {
    if (!isLimitName(name)) {
      const help = didYouMean(name, Object.keys(limits), "the names are those of `--limit`");
      throw new AssayError("theory.manifest", `there is no limit \`${name}\``, { place: file, help });
    }
    bounds[name] = value;
  }
  return { ...theory, limits: bounds };
}

/** Reads TOML with integers exact. Errors: `code`, with the line and column. */
export function readToml(text: string, file: string, code: "theory.manifest" | "theory.profile" | "scenario.malformed"): unknown {
  try {
    return parse(text, { integersAsBigInt: code === "scenario.malformed" });
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const [reason = ""] = cause.message.split("\n");
    throw new AssayError(code, `not TOML: ${reason.replace(/^Invalid TOML document: /, "")}`, {
      place: `${file}:${cause.line}:${cause.column}`,
      cause,
    });
  }
}

function isLimitName(name: string): name is LimitName {
  return Object.hasOwn(limits, name);
}
