import { z } from "zod";
import { AssayError } from "../../schema/assay_error.ts";
import type { Verdict } from "../../schema/verdict.ts";
import type { ServiceOptions } from "./context.ts";
import { Refusal } from "./problem.ts";

/** The header `If-Match` of a write (RFC 9110, section 13.1.1): an entity tag of the service, or `*`. */
export const ifMatch = z
  .string()
  .regex(/^(\*|"\d{1,15}")$/, 'is no commit\'s number in quotes, as `ETag` gives it: `"41"`')
  .optional()
  .meta({ description: "the head that the write was made for, as `ETag` gives it" });

/**
 * The commit that `If-Match` ties a write to; null where it ties it to none. Errors: `http.base_required` where neither the header nor the
 * write itself says one and the service asks for it.
 */
export function baseOf(header: string | undefined, { requiresBase = false }: ServiceOptions, own: number | null = null): number | null {
  if (header === undefined && own === null && requiresBase) {
    throw new AssayError("http.base_required", "neither `If-Match` nor the write itself says which commit it was made for");
  }
  return header === undefined || header === "*" ? own : Number(header.slice(1, -1));
}

/** True for a verdict that refuses a delta because it was made for another commit than the head. */
export function isStale({ violations }: Verdict): boolean {
  return violations.some(({ code }) => code === "gate.stale_base" || code === "gate.unknown_base");
}

export function staleBase(base: number, head: number, verdict: Verdict | null): Refusal {
  return new Refusal("http.base_stale", `\`If-Match\` is "${base}", the head is commit ${head}`, verdict);
}
