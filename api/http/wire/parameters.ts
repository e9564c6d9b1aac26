import { z } from "zod";

/** A whole number from `least` on in a query string or a path. */
export function count(description: string, least = 0, most: number = Number.MAX_SAFE_INTEGER) {
  const isCount = (text: string): boolean => /^\d{1,16}$/.test(text) && Number(text) >= least && Number(text) <= most;
  return z
    .string()
    .refine(isCount, `is not a whole number from ${least} to ${most}`)
    .meta({ description, type: "integer", minimum: least, maximum: most })
    .transform(Number);
}

/** `true` or `false` in a query string; an empty value is true, as in `?dryRun`. */
export function flag(description: string) {
  return z
    .enum(["true", "false", ""], "is neither `true` nor `false`")
    .meta({ description })
    .transform((text) => text !== "false");
}

/** A text of at most `most` characters. */
export function text(description: string, most = 1_000) {
  return z.string().min(1).max(most).meta({ description });
}

export const commitNumber = z.int().min(0).meta({ description: "the number of a commit; 0 is the empty fact base" });
export const sha256Text = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, "is not `sha256:` and 64 hexadecimal digits")
  .meta({ description: "`sha256:` and 64 hexadecimal digits" });
