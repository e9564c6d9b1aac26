import { AssayError } from "../../../schema/assay_error.ts";

/**
 * The media type among `offered` that an `Accept` header likes best (RFC 9110 §12.5.1), the first of them where it says nothing.
 * Errors: `http.not_acceptable`.
 */
export function preferred(accept: string | undefined, offered: readonly string[]): string {
  const [first] = offered;
  if (first === undefined) throw new Error("nothing is offered");
  if (accept === undefined || accept === "" || accept === "*/*") return first;
  let best: { readonly media: string; readonly quality: number } | null = null;
  const ranges = accept.split(",").map(rangeOf);
  for (const media of offered) {
    const range = ranges.filter(({ pattern }) => matches(pattern, media)).toSorted((a, b) => b.pattern.length - a.pattern.length)[0];
    const quality = range?.quality ?? 0;
    if (quality > (best?.quality ?? 0)) best = { media, quality };
  }
  if (best === null) throw new AssayError("http.not_acceptable", `none of ${offered.join(", ")} is acceptable`);
  return best.media;
}

function rangeOf(text: string): { readonly pattern: string; readonly quality: number } {
  const [pattern = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  const q = parameters.find((parameter) => /^q=/.test(parameter))?.slice(2);
  const quality = q === undefined ? 1 : Number(q);
  return { pattern, quality: Number.isFinite(quality) ? quality : 0 };
}

function matches(pattern: string, media: string): boolean {
  return pattern === "*/*" || pattern === media || (pattern.endsWith("/*") && media.startsWith(pattern.slice(0, -1)));
}
